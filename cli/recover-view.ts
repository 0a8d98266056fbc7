import type { ManagerFiles } from "../swarm/recovery/manager-files";
import type { Survivor } from "../swarm/recovery/survivors";
import { table } from "../validation/table";

/** What each manager knows, as far as its machine can be read. */
export function survivorTable(survivors: readonly Survivor[]): string {
  const unread = survivors.flatMap(({ manager, unread: reason }) =>
    reason === undefined ? [] : [`${manager.name}: what it knows cannot be read: ${reason}`],
  );
  const known = table(
    ["MANAGER", "RAFT TERM", "LAST ENTRY", "ACCEPTED UP TO", "ANSWERS"],
    survivors.map(({ manager, files, answers }) => [
      manager.name,
      ...[files?.raft.term, files?.raft.index, files?.raft.commit].map((number) => String(number ?? "-")),
      answers === true ? "yes" : `no: ${answers}`,
    ]),
  );
  return [known, ...(unread.length > 0 ? ["", ...unread] : [])].join("\n");
}

/** What a recovery with this manager keeps and loses: what its reader confirms. */
export function consequences(
  best: Survivor & { files: ManagerFiles },
  survivors: readonly Survivor[],
): string {
  const others = survivors
    .filter(({ manager }) => manager.name !== best.manager.name)
    .map(({ manager }) => manager.name);
  const newest = Math.max(...survivors.map(({ files }) => files?.raft.index ?? 0));
  const known = best.files.raft.index;
  const lost = newest - known;
  return [
    `${best.manager.name} knows the swarm up to entry ${known} and becomes its only manager.`,
    lost > 0
      ? `${lost} entries that another one has are lost.`
      : "No manager whose state can be read knows more.",
    `${others.join(", ")}: no members any more; what only they know is lost.`,
    "If one of them still runs out of reach with others, there will be two swarms: make sure that it is off for good.",
  ].join("\n");
}
