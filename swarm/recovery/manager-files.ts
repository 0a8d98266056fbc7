import { textOf } from "../../transport/archive";
import type { ManagerRef } from "../../schema/connection";
import type { NodeAddresses } from "../../schema/swarm";
import { machineControl } from "../../docker/controls";
import { SWARM_FOLDER } from "../../transport/machine-control";
import { readRaftPosition, type RaftPosition } from "./raft-log";
import type { InSession } from "../../foundation/session";

/** Paths in the swarm folder. */
export const KEY_FILE = "certificates/swarm-node.key";
export const START_FILE = "docker-state.json";

/** What a manager has on its disk: it can be read whether its engine runs or not. */
export interface ManagerFiles {
  raft: RaftPosition;
  /** Content of its key file. */
  key: string;
  addresses: NodeAddresses;
}

/** Nothing where the machine has no manager's state. */
export async function readManagerFiles(
  { connection }: ManagerRef,
  within: InSession,
): Promise<ManagerFiles | undefined> {
  const machine = machineControl(connection, within);
  const raft = await readRaftPosition(await machine.read(`${SWARM_FOLDER}/raft`));
  if (!raft) return undefined;
  const [key, start] = await Promise.all(
    [KEY_FILE, START_FILE].map(async (file) => textOf(await machine.read(`${SWARM_FOLDER}/${file}`))),
  );
  return { raft, key, addresses: parseAddresses(start) };
}

/** The addresses that an engine starts its manager with. */
export function parseAddresses(start: string): NodeAddresses {
  const { ListenAddr, AdvertiseAddr, DataPathAddr } = JSON.parse(start) as Record<string, string>;
  return { listenAddr: ListenAddr, advertiseAddr: AdvertiseAddr, dataPathAddr: DataPathAddr || undefined };
}
