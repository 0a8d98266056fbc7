/** Shorter texts would be found all over a message by chance. */
const SHORTEST_REDACTED = 6;

/** Replaces every secret text in a message, whoever put it there. */
export function redact(message: string, secretTexts: readonly string[]): string {
  return secretTexts
    .flatMap(spellings)
    .filter((text) => text.length >= SHORTEST_REDACTED)
    .sort((a, b) => b.length - a.length) // Else a secret inside of a longer one would leave the rest of that one.
    .reduce((kept, text) => kept.split(text).join("[secret]"), message);
}

/** A secret as a message may quote it: as it is, without the line end of a file, as a JSON string, in base64. */
function spellings(text: string): string[] {
  const trimmed = text.trim();
  return [text, trimmed, JSON.stringify(trimmed).slice(1, -1), Buffer.from(text).toString("base64")];
}
