/** Keys of Docker Compose that Docker's stacks refuse, and what to write instead. */
const REMEDIES: Readonly<Record<string, string>> = {
  name: "The stack's name is given in the program; remove the key.",
  include: "List the other files as compose files of the stack instead.",
  extends: "Use a YAML anchor or a second compose file instead.",
  volume_driver: "Set `driver` on the volume in the top-level `volumes`.",
  volumes_from: "Name the volume in the top-level `volumes` and mount it in both services.",
  cpu_quota: "Use `deploy.resources.limits.cpus`.",
  cpu_shares: "Use `deploy.resources.reservations.cpus`.",
  cpus: "Use `deploy.resources.limits.cpus`.",
  cpuset: "Swarm has no such setting; remove the key.",
  mem_limit: "Use `deploy.resources.limits.memory`.",
  mem_reservation: "Use `deploy.resources.reservations.memory`.",
  memswap_limit: "Swarm has no such setting; remove the key.",
  scale: "Use `deploy.replicas`.",
  profiles: "Put the service in a compose file of its own and list it only where it is wanted.",
};

/**
 * Why Docker's stacks do not take a key, and what to do about it.
 *
 * @param at - path of the mapping that it stands in
 * @param known - the keys that can stand there
 */
export function objectionToKey(at: readonly string[], key: string, known: readonly string[]): string {
  const what = `"${key}" is not a key that Docker's stacks know here.`;
  const isOfService = at.length === 0 || (at.length === 2 && at[0] === "services");
  if (isOfService && Object.hasOwn(REMEDIES, key)) return `${what} ${REMEDIES[key]}`;
  const close = closest(key, known);
  return `${what} ${close ? `Did you mean "${close}"?` : "Remove it."}`;
}

/** The known word that is at most two typing errors away, the nearest first; nothing if none is. */
export function closest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.min(2, Math.floor(word.length / 2));
  for (const candidate of known) {
    const errors = typingErrors(word.toLowerCase(), candidate.toLowerCase());
    if (errors < least || (errors === least && best === undefined)) [best, least] = [candidate, errors];
  }
  return best;
}

/** Letters to insert, remove, exchange or swap with their neighbour to turn one word into the other. */
function typingErrors(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= from.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= to.length; j++) {
      const exchanged = rows[i - 1][j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, exchanged);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[from.length][to.length];
}
