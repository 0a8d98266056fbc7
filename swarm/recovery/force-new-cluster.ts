import type { ManagerRef } from "../../schema/connection";
import type { NodeAddresses } from "../../schema/swarm";
import { showPending, type Waiting } from "../../foundation/context";
import { connect } from "../../docker/connect";
import { whileStopped } from "../engines/engine-stop";
import { isEngineError } from "../../docker/errors";
import { nodeName } from "../nodes/node-name";
import { initSwarm, unlockKey } from "../../docker/swarm";
import { info, listNodes, removeNode } from "../../docker/nodes";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { gossipAgain } from "../engines/unlocked-gossip";
import { waitFor } from "../../foundation/wait";

/** The engine answers when the manager leads its new raft group; an election among the old ones may come before. */
const INIT_TIMEOUT_MS = 120_000;
const LEAD_TIMEOUT_MS = 60_000;
const DEFAULT_LISTEN = "0.0.0.0:2377";

/**
 * Makes a manager the only one of its swarm, with all that its raft log knows: services, secrets, configs, nodes.
 * Its key file must not be locked (see `node-key.ts`).
 *
 * The engine is restarted after that. It keeps "force a new cluster" in memory for as long as it runs, and gives it to
 * every manager that it starts (moby's daemon/cluster/noderunner.go, swarmkit's node/node.go): one that ended by a disk
 * that was full for a moment throws the managers that have joined since out of raft. They stay listed, Ready and managers by
 * their certificate, delete their copy of the state, and come back with an empty one after half a minute (seen on Engine
 * 26.1); until then the swarm hangs on one machine.
 *
 * @param autolock - as the swarm has it: the engine takes what is left out as off.
 * @returns the manager's ID in the swarm.
 */
export async function forceNewCluster(
  manager: ManagerRef,
  addresses: NodeAddresses,
  autolock: boolean,
  waiting: Waiting,
): Promise<string> {
  waiting.progress("making it the only manager");
  const engine = connect(manager.connection, waiting);
  const wanted = {
    ForceNewCluster: true as const,
    ListenAddr: addresses.listenAddr ?? DEFAULT_LISTEN,
    AdvertiseAddr: addresses.advertiseAddr,
    DataPathAddr: addresses.dataPathAddr,
    AutoLockManagers: autolock,
    Spec: { Name: "default", EncryptionConfig: { AutoLockManagers: autolock } },
  };
  const asked = { signal: waiting.signal, timeoutMs: INIT_TIMEOUT_MS };
  await initSwarm(engine, "force a new cluster", wanted, asked);
  await leads(manager, waiting);
  const key = autolock ? await unlockKey(engine, waiting.signal) : "";
  await whileStopped(manager, key, waiting, () => Promise.resolve());
  const self = await leads(manager, waiting);
  // Else it was not unlocked.
  if (autolock) await gossipAgain(manager, [manager], () => leads(manager, waiting), waiting);
  return self;
}

/** The manager is Ready and leads. */
function leads({ name, connection }: ManagerRef, waiting: Waiting): Promise<string> {
  const engine = connect(connection, waiting);
  return waitFor<string>(
    {
      name: "it leads the swarm",
      on: name,
      intervalMs: 250,
      timeoutMs: LEAD_TIMEOUT_MS,
      signal: waiting.signal,
      onPending: showPending(waiting, "waiting until it leads"),
      remedy: "Look at the engine's log on that machine.",
    },
    async () => {
      try {
        const { Swarm } = await info(engine, waiting.signal);
        const self = (await listNodes(engine, waiting.signal)).find(({ ID }) => ID === Swarm.NodeID);
        if (self?.ManagerStatus?.Leader && self.Status.State === "ready") return { done: self.ID };
        return {
          pending: `${self?.Status.State ?? "not listed"}, ${self?.ManagerStatus ? "no leader" : "no manager"}`,
        };
      } catch (error) {
        if (isEngineError(error, "no-leader", "not-in-swarm", "not-a-manager"))
          return { pending: error.message };
        throw error;
      }
    },
  );
}

/** Takes nodes out of the list that are in no raft group any more. */
export async function removeNodes(
  manager: ManagerRef,
  isDead: (node: SwarmNodeInspect) => boolean,
  waiting: Waiting,
): Promise<SwarmNodeInspect[]> {
  const engine = connect(manager.connection, waiting);
  const dead = (await listNodes(engine, waiting.signal)).filter(isDead);
  for (const node of dead) {
    await removeNode(engine, { id: node.ID, name: nodeName(node) }, waiting.signal);
  }
  return dead;
}
