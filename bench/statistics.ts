/** Of the runs that came to an end: the shell script does not always. */
export function median(values: number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return NaN;
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Least and most of the runs that came to an end, and how many did not. */
export function rangeOf(values: number[]): string {
  const ended = values.filter((value) => !Number.isNaN(value));
  if (ended.length === 0) return "failed";
  const failed = ended.length < values.length ? `, ${values.length - ended.length} failed` : "";
  return `${Math.min(...ended).toFixed(2)}–${Math.max(...ended).toFixed(2)}${failed}`;
}
