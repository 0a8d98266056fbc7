import { isNameless } from "../swarm/volumes/node-volumes";
import { showBytes } from "../validation/bytes";
import { table } from "../validation/table";

/** A volume on a node, as `pulumi-swarm volumes --json` prints it. */
export interface VolumeRow {
  node: string;
  volume: string;
  driver: string;
  services: string[];
  /** The stack that it was made for, if it was. */
  stack?: string;
  /** Services and other containers that run there and have it; each task counts. */
  running: string[];
  /** @default its driver does not tell */
  bytes?: number;
  /** Where its files are kept when the node's machine goes. @default they are the machine's */
  disk?: string;
}

/** As Docker shortens an ID. */
const SHOWN_ID = 12;

/** The volumes of a cluster as a person reads them. */
export function renderVolumes(rows: readonly VolumeRow[]): string {
  if (rows.length === 0) return "No volumes.";
  const kept = rows.some(({ disk }) => disk !== undefined);
  const ownDriver = rows.some(({ driver }) => driver !== "local");
  return table(
    [
      "NODE",
      "VOLUME",
      ...(ownDriver ? ["DRIVER"] : []),
      "SERVICES",
      "SIZE",
      "USED BY",
      ...(kept ? ["KEPT IN"] : []),
    ],
    rows.map((row) => [
      row.node,
      isNameless({ name: row.volume }) ? `${row.volume.slice(0, SHOWN_ID)} (no name)` : row.volume,
      ...(ownDriver ? [row.driver] : []),
      row.services.join(", ") || (row.stack ? `none (stack ${row.stack})` : "none"),
      row.bytes === undefined ? "" : showBytes(row.bytes),
      usersOf(row),
      ...(kept ? [row.disk ?? ""] : []),
    ]),
  );
}

/** Tasks of services that are named beside it are only counted. */
function usersOf({ running, services }: VolumeRow): string {
  const tasks = running.filter((name) => services.includes(name)).length;
  const others = running.filter((name) => !services.includes(name)).map((name) => `container ${name}`);
  const counted = tasks > 0 ? [`${tasks} running ${tasks === 1 ? "task" : "tasks"}`] : [];
  return [...counted, ...others].join(", ") || "none";
}
