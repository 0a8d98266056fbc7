/** A text without its full stop, so that it can be a part of a sentence. */
export function trimEnd(text: string): string {
  return text.replace(/[.\s]+$/, "");
}
