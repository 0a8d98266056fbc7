import type { Waiting } from "../../foundation/context";
import { connect } from "../../docker/connect";
import { onManager } from "../../swarm/managers";
import { networkTruth, type NetworkTruth } from "../../swarm/network-truth/network-truth";
import type { MachineOfNode } from "../../swarm/network-truth/look";
import { overlayNetworks } from "../../docker/networks";
import { allServices } from "../../docker/services";
import { inspectSwarm } from "../../docker/swarm";
import { info, listNodes } from "../../docker/nodes";
import { listTasks } from "../../docker/tasks";
import type { RecordedNode, RecordedCluster } from "../../schema/cluster-record";
import type { DoctorFacts, MachineFacts, SwarmFacts } from "./doctor-facts";
import { DEFAULT_DATA_FOLDER, readMachine, SCRIPT } from "./machine-facts";

/** A machine that says nothing for so long is reported; the others are not kept waiting. */
const MACHINE_TIMEOUT_MS = 20_000;

/** Asks the managers and every node at once. What cannot be asked is a fact as well, never an exception. */
export async function gatherFacts(wanted: RecordedCluster, waiting: Waiting): Promise<DoctorFacts> {
  const [swarm, machines] = await Promise.all([
    readSwarm(wanted, waiting).then(
      (found) => ({ swarm: found }),
      (error: Error) => ({ swarmFailure: error.message }),
    ),
    Promise.all(wanted.nodes.map((node) => askMachine(node, waiting))),
  ]);
  // After the clocks, which are measured the worse the more a machine has to do.
  const network =
    "swarm" in swarm ? await lookAtNetworks(wanted, waiting).catch(unlooked(waiting)) : undefined;
  waiting.signal.throwIfAborted();
  return { now: Date.now(), wanted, ...swarm, machines, network };
}

/** The findings say what was not looked at; why is told here. */
function unlooked(waiting: Waiting) {
  return (error: Error): undefined =>
    void waiting.progress(`the networks were not looked at: ${error.message}`);
}

/** What every node has of the networks that its tasks are in, against what the managers say. */
function lookAtNetworks(wanted: RecordedCluster, waiting: Waiting): Promise<NetworkTruth> {
  return networkTruth(wanted.managers, machinesOf(wanted), waiting);
}

export function machinesOf(wanted: RecordedCluster): MachineOfNode[] {
  return wanted.nodes.map(({ name, connection }) => ({ name, connection }));
}

function readSwarm(wanted: RecordedCluster, waiting: Waiting): Promise<SwarmFacts> {
  const { signal } = waiting;
  return onManager(wanted.managers, waiting, async (engine) => {
    const [inspect, nodes, services, tasks, overlays] = await Promise.all([
      inspectSwarm(engine, signal),
      listNodes(engine, signal),
      allServices(engine, signal),
      listTasks(engine, {}, signal),
      overlayNetworks(engine, signal),
    ]);
    return { inspect, nodes, services, tasks, overlays };
  });
}

async function askMachine({ name, role, connection }: RecordedNode, waiting: Waiting): Promise<MachineFacts> {
  const { signal } = waiting;
  const engine = connect(connection, waiting);
  const { host, isContainer } = engine.transport.traits;
  const facts: MachineFacts = { name, role, host, isContainer, routes: [] };
  let folder = DEFAULT_DATA_FOLDER;
  try {
    const [swarmState, { DockerRootDir }] = await Promise.all([
      engine.swarmState(signal),
      info(engine, signal),
    ]);
    facts.swarmState = swarmState;
    folder = DockerRootDir;
  } catch (error) {
    facts.failure = (error as Error).message;
  }
  const timeout = AbortSignal.timeout(MACHINE_TIMEOUT_MS);
  try {
    const sent = Date.now();
    const options = { signal: AbortSignal.any([signal, timeout]) };
    const { stdout } = await engine.transport.run(["sh", "-c", SCRIPT, "sh", folder], options);
    Object.assign(facts, readMachine(stdout, sent, Date.now()));
  } catch (error) {
    facts.failure ??= timeout.aborted
      ? `${name}: a command on it did not end within ${MACHINE_TIMEOUT_MS / 1000} s.`
      : (error as Error).message;
  }
  return facts;
}
