import type { NetworkLook } from "./look";

/**
 * Where each node's tunnels end, by its name. No API tells a node's data path address: it is that of its own addresses
 * which most forwarding entries lead to; behind a translation of addresses what most entries for its tasks say.
 */
export function tunnelsOf({ records, nodes }: NetworkLook): Map<string, string> {
  const tables = nodes.flatMap(({ networks }) =>
    Object.entries(networks).flatMap(([id, { entries }]) =>
      (entries?.forwarding ?? []).map(({ mac, to }) => ({ id, mac, to })),
    ),
  );
  return new Map(
    nodes.flatMap(({ node, addresses, networks }) => {
      const isOwn = (id: string, mac: string) => networks[id]?.endpoints.some((own) => own.mac === mac);
      const end =
        mostOften(tables.filter(({ to }) => addresses.includes(to))) ??
        mostOften(tables.filter(({ id, mac }) => isOwn(id, mac))) ??
        records.nodes.find(({ name }) => name === node)?.address;
      return end === undefined ? [] : [[node, end] as const];
    }),
  );
}

function mostOften(entries: readonly { to: string }[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { to } of entries) counts.set(to, (counts.get(to) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
