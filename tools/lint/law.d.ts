export const PROJECT: string;
export function readLaw(markdown?: string): Map<string, string[]>;
export function whyForbidden(
  law: ReadonlyMap<string, readonly string[]>,
  from: string,
  to: string,
): string | undefined;
