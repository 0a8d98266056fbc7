import type { Connection, ManagerRef } from "../../schema/connection";
import type { Waiting } from "../../foundation/context";
import { connect } from "../../docker/connect";
import type { EngineClient } from "../../docker/engine-client";
import { inspectEngineNetwork } from "../../docker/networks";
import { onManager } from "../managers";
import type { Answers, Endpoint, NodeLook, NodeNetwork, NodeRecord, Records } from "./network-facts";
import { readAnswer } from "./node-answer";
import { nodeScript, type Questions } from "./node-script";
import { questionsFor } from "./questions";
import { readRecords, withoutPrefix } from "./records";

/** A node that says nothing for so long is reported; the others are not kept waiting. */
const NODE_TIMEOUT_MS = 20_000;

/** A machine that may be a node. */
export interface MachineOfNode {
  name: string;
  connection?: Connection;
}

/** The networks of a swarm as its managers say they are, and as every node has them. */
export interface NetworkLook {
  records: Records;
  nodes: NodeLook[];
}

/** Asks a manager, then all nodes at once. A node that cannot be asked is a fact as well, never an exception. */
export async function lookAtNetworks(
  managers: readonly ManagerRef[],
  machines: readonly MachineOfNode[],
  waiting: Waiting,
): Promise<NetworkLook> {
  const records = await onManager(managers, waiting, (engine) => readRecords(engine, waiting.signal));
  const nodes = await Promise.all(
    records.nodes.map((node) =>
      lookAtNode(node, machines.find(({ name }) => name === node.name)?.connection, records, waiting),
    ),
  );
  waiting.signal.throwIfAborted();
  return { records, nodes };
}

async function lookAtNode(
  node: NodeRecord,
  connection: Connection | undefined,
  records: Records,
  waiting: Waiting,
): Promise<NodeLook> {
  const nothing = { node: node.name, lacks: [], addresses: [], networks: {}, paths: [] };
  if (!connection) return { ...nothing, failure: "nothing tells how it is reached" };
  const timeout = AbortSignal.timeout(NODE_TIMEOUT_MS);
  const ends = AbortSignal.any([waiting.signal, timeout]);
  const questions = questionsFor(node, records);
  const engine = connect(connection, waiting);
  try {
    const [endpoints, { stdout }] = await Promise.all([
      endpointsOn(engine, questions, ends),
      engine.transport.run(["sh", "-s"], { stdin: nodeScript(questions), signal: ends }),
    ]);
    const { entries, names, balancers, ...rest } = readAnswer(stdout);
    const networks = questions.networks.flatMap(({ id, asker }): [string, NodeNetwork][] => {
      const own = endpoints.get(id);
      if (!own) return []; // The managers sent a task there that has no network yet.
      const answers: Answers | undefined = asker &&
        names[id] && {
          asker: asker.name,
          byName: Object.fromEntries(asker.names.map((name) => [name, names[id][name] ?? []])),
        };
      return [[id, { endpoints: own, entries: entries[id], answers, balancer: balancers[id] }]];
    });
    return { node: node.name, ...rest, networks: Object.fromEntries(networks) };
  } catch (error) {
    const late = `it did not answer within ${NODE_TIMEOUT_MS / 1000} s`;
    return { ...nothing, failure: timeout.aborted ? late : (error as Error).message };
  }
}

/**
 * What the engine itself has in each network. Never with `verbose`: engines before 29.0 may crash of it, as they read
 * that table without a lock (https://github.com/moby/moby/issues/47728, mended by moby#49937).
 */
async function endpointsOn(
  engine: EngineClient,
  { networks }: Questions,
  signal: AbortSignal,
): Promise<Map<string, Endpoint[]>> {
  const found = new Map<string, Endpoint[]>();
  for (const { id } of networks) {
    const { Containers } = (await inspectEngineNetwork(engine, id, signal)) ?? {};
    const endpoints = Object.values(Containers ?? {}).map(({ Name, MacAddress, IPv4Address }) => ({
      name: Name,
      mac: MacAddress,
      ip: withoutPrefix(IPv4Address),
    }));
    if (endpoints.length > 0) found.set(id, endpoints);
  }
  return found;
}
