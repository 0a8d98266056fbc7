/**
 * A command as one line for the POSIX shell that an SSH server hands it to. Every word is quoted, so the shell
 * finds nothing to expand: no variables, no globs, no assignment in front, no second command.
 */
export function shellCommand(command: readonly string[]): string {
  if (command.length === 0) throw new Error("An empty command cannot be run.");
  return command.map(quote).join(" ");
}

/** One word that the shell takes as it is. */
export function quote(word: string): string {
  // A NUL ends the string for the machine's C library: what follows it would silently be lost.
  if (word.includes("\0")) throw new Error("A word of a command cannot hold a NUL character.");
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
