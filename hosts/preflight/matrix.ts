import type { LinkReport, PreflightReport, Probe } from "../../schema/preflight";
import { table } from "../../validation/table";

/** Wider than that no terminal shows it well: then ports are letters, and columns numbers. */
const WIDEST = 110;

const OK = "ok";
const UNPROBED = "*";

/**
 * Who reaches whom: rows send, columns receive. A cell says "ok" or what does not get through; "ok*" where packets
 * could not be tried, because the port is the engine's of a member; "?" where a machine could not be asked.
 */
export function renderMatrix(report: PreflightReport): string {
  const full = draw(report, false, (port) => port);
  if (full.split("\n").every((line) => line.length <= WIDEST)) return [full, ...legend(full)].join("\n");
  const letters = lettersOf(report.dataPathPort);
  const short = draw(report, true, (port) => letters[port]);
  const key = Object.entries(letters).map(([port, letter]) => `${letter} ${port}`);
  return [short, ...legend(short), key.join(", ")].join("\n");
}

function draw({ hosts, links }: PreflightReport, numbered: boolean, shown: (port: string) => string): string {
  const byPair = new Map(links.map((link) => [`${link.from} ${link.to}`, link]));
  const header = hosts.map(({ name }, index) => (numbered ? String(index + 1) : name));
  const rows = hosts.map((from, index) => [
    numbered ? `${index + 1} ${from.name}` : from.name,
    ...hosts.map((to) => (from === to ? "-" : cellOf(byPair.get(`${from.name} ${to.name}`), shown))),
  ]);
  return table(["FROM \\ TO", ...header], rows);
}

function cellOf(link: LinkReport | undefined, shown: (port: string) => string): string {
  if (!link) return "?";
  const inState = (state: Probe["state"]) => link.probes.filter((probe) => probe.state === state);
  const mark = inState("unknown").length > 0 ? UNPROBED : "";
  const blocked = inState("blocked").map(({ port }) => shown(port));
  if (blocked.length === 0) return OK + mark;
  // Letters need no comma between them.
  return blocked.join(blocked.every((port) => port.length === 1) ? "" : ",") + mark;
}

function legend(drawn: string): string[] {
  return [
    "a cell is ok, or the ports that do not get through in that direction",
    ...(drawn.includes(UNPROBED)
      ? ["* udp not tried: the node is in a swarm, and the port its engine's"]
      : []),
    ...(/ \?( |$)/m.test(drawn) ? ["? could not be asked"] : []),
  ];
}

function lettersOf(dataPathPort: number): Record<string, string> {
  return { "2377/tcp": "M", "7946/tcp": "T", "7946/udp": "U", [`${dataPathPort}/udp`]: "D" };
}
