const UNITS = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** A size as Docker writes it, such as "512m" or "1.5g", in bytes; nothing where it is none. */
export function parseBytes(text: unknown): number | undefined {
  const parts = typeof text === "string" ? /^(\d+(?:\.\d+)?)([bkmg])b?$/i.exec(text) : null;
  if (!parts) return undefined;
  return Math.round(Number(parts[1]) * UNITS[parts[2].toLowerCase() as keyof typeof UNITS]);
}
