import { NotTouched } from "./disruption";

/**
 * Waits until all have ended, so that nothing goes on behind an error, and then fails with what failed by itself. Those
 * that were only held back by it are named.
 */
export async function allOf(steps: readonly Promise<void>[]): Promise<void> {
  const failures: Error[] = [];
  await Promise.all(steps.map((step) => step.catch((error: Error) => void failures.push(error))));
  const [first] = failures;
  if (!first) return;
  const heldBack = failures.filter((error) => error instanceof NotTouched);
  const causes = failures.filter((error) => !(error instanceof NotTouched));
  if (causes.length === 0 || failures.length === 1) throw first;
  const rows = new Set(causes.map(({ message }) => message));
  const names = heldBack.map(({ node }) => node);
  if (names.length > 0) rows.add(`Not touched after that: ${names.join(", ")}.`);
  throw new Error([...rows].join("\n"), { cause: first });
}
