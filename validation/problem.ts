/** One thing wrong with what the user wrote: where, which value, which rule, what to do. */
export interface Problem {
  /** The property, as the user wrote it: `workers[1].count`. */
  where: string;
  /** The value, the rule and the remedy as sentences: `has 2 managers; an even number …. Use 1 or 3.` */
  text: string;
}

/** Problems as the lines of one message. */
export function describeProblems(problems: Problem[]): string {
  return problems.map(({ where, text }) => `  - ${where}: ${text}`).join("\n");
}

/** A value as a message shows it. */
export function show(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : (JSON.stringify(value) ?? String(value));
}
