const UNITS = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** A size as Docker writes it, such as "512m" or "1.5g", in bytes; nothing where it is none. */
export function parseBytes(text: unknown): number | undefined {
  const parts = typeof text === "string" ? /^(\d+(?:\.\d+)?)([bkmg])b?$/i.exec(text) : null;
  if (!parts) return undefined;
  return Math.round(Number(parts[1]) * UNITS[parts[2].toLowerCase() as keyof typeof UNITS]);
}

const NAMES = ["B", "KiB", "MiB", "GiB", "TiB"];

/** A number of bytes as a person reads it: "512 B", "1.5 GiB". */
export function showBytes(bytes: number): string {
  const power = Math.min(NAMES.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 2 ** (10 * power);
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${NAMES[power]}`;
}
