/** A few names in full, more of them counted. */
export function namesOf(names: readonly string[], most = 6): string {
  const unique = [...new Set(names)];
  if (unique.length <= most) return unique.join(", ");
  return `${unique.slice(0, most - 1).join(", ")} and ${unique.length - most + 1} more`;
}

/** The items under each key, in the order of their first appearance. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
