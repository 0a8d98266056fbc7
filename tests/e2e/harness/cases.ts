/** Whether this run is `npm run test:all`. */
const ALL = process.env.TEST_ALL === "1";

/** Of a long list of cases those with these names; all of them in `npm run test:all`. In the order of the list. */
export function someOf<T>(cases: readonly T[], nameOf: (one: T) => string, names: readonly string[]): T[] {
  const missing = names.filter((name) => !cases.some((one) => nameOf(one) === name));
  if (missing.length > 0) throw new Error(`no such case: ${missing.join(", ")}`);
  return cases.filter((one) => ALL || names.includes(nameOf(one)));
}

/** Defines tests that only `npm run test:all` has. */
export function onlyInAll(define: () => void): void {
  if (ALL) define();
}

/** A test that only `npm run test:all` has. */
export function testInAll(name: string, work: () => unknown, timeoutMs?: number): void {
  onlyInAll(() => test(name, async () => void (await work()), timeoutMs));
}
