/** Milliseconds as a person reads them: "0.2 ms", "140 ms", "12.5 s". */
export function describeMs(ms: number): string {
  const size = Math.abs(ms);
  if (size >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  // Adding zero takes the sign off a zero.
  return `${(Number(ms.toFixed(size < 10 ? 1 : 0)) + 0).toFixed(size < 10 ? 1 : 0)} ms`;
}
