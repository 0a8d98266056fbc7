import { randomBytes } from "node:crypto";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { closeConnections } from "../docker/connect";
import type { Context } from "../foundation/context";
import { Session } from "../foundation/session";
import { loadImages } from "../machines/local/image-load";
import { asRecord, fromRecord } from "./cluster-record";
import { emptied, isWhole } from "./empty-swarm";
import { Lease, removeOrphans, startKeeper } from "./keeper";
import { newEntry, readEntries, thisRun } from "./keeper-entry";
import { loadedNode, makeLocalCluster, type ClusterShape, type LocalCluster } from "./local-cluster";
import { readOptions, type TestSwarmOptions } from "./options";
import { latePrinter } from "./progress";
import { TestSwarm } from "./test-swarm";

/**
 * Starts a Docker Swarm for a test: containers with an engine each on the Docker Engine in reach, all Ready when it resolves.
 * It is removed by `stop`, at the end of an `await using`, and when the process ends, whatever ends it.
 *
 * @example
 * await using swarm = await startSwarm({ managers: 1, workers: 1, images: ["app:dev"] });
 * await swarm.deploy("compose.yml");
 * const answer = await fetch((await swarm.urls("web"))[0]);
 *
 * @throws Error with everything that is wrong with the options, before anything is made.
 */
export async function startSwarm(options: TestSwarmOptions = {}): Promise<TestSwarm> {
  const { name, shape } = readOptions(options);
  const { reuse = false, progress } = options;
  const context = contextOf(options);
  await removeOrphans();
  const made =
    (reuse ? await warmSwarm(shape, context) : undefined) ?? (await newSwarm(name, shape, reuse, context));
  const { lease, cluster, fingerprints } = made;
  return new TestSwarm(cluster, fingerprints, lease, { ...context, progress: progress ?? (() => undefined) });
}

interface Made {
  lease: Lease;
  cluster: LocalCluster;
  /** Image → what its content is told by. */
  fingerprints: Record<string, string>;
}

async function newSwarm(name: string, shape: ClusterShape, reuse: boolean, context: Context): Promise<Made> {
  const owner = {
    project: "tests",
    stack: path.basename(process.cwd()) || "root",
    cluster: `${name}-${randomBytes(4).toString("hex")}`,
    id: randomBytes(16).toString("hex"),
  };
  const entry = newEntry(owner, shape, reuse);
  await startKeeper(entry);
  const lease = await Lease.of(entry);
  if (!lease)
    throw new Error(`The process that is to remove ${owner.cluster} has ended already. Nothing was made.`);
  try {
    const cluster = await makeLocalCluster(owner, shape, context);
    lease.remember(asRecord(cluster));
    return { lease, cluster, fingerprints: await loaded(cluster, shape, context) };
  } catch (error) {
    closeConnections(context);
    await lease.end();
    throw error;
  }
}

/** One that another file of this run has left, as it was in the beginning; nothing where there is none. */
async function warmSwarm(shape: ClusterShape, context: Context): Promise<Made | undefined> {
  const run = thisRun();
  // As it is after its way through a file.
  const wanted: unknown = JSON.parse(JSON.stringify(shape));
  for (const entry of readEntries()) {
    if (!entry.reuse || !isDeepStrictEqual(entry.run, run) || !isDeepStrictEqual(entry.shape, wanted))
      continue;
    const lease = await Lease.of(entry);
    if (!lease) continue;
    try {
      if (lease.record !== undefined) {
        const cluster = fromRecord(lease.record);
        await emptied(cluster, context);
        if (await isWhole(cluster, context))
          return { lease, cluster, fingerprints: await loaded(cluster, shape, context) };
      }
    } catch {
      // Another one is made in its place.
    }
    await lease.end();
  }
  return undefined;
}

/** Its images as they are by now: nothing is loaded that a node has. */
async function loaded(
  cluster: LocalCluster,
  { images = [], dockerHost }: ClusterShape,
  context: Context,
): Promise<Record<string, string>> {
  const nodes = [...cluster.nodes.values()].map(({ machine }) => loadedNode(machine));
  const { fingerprints } = await loadImages(
    { images: images.map((name) => ({ name })), nodes, dockerHost },
    context,
  );
  return fingerprints;
}

function contextOf({ progress, signal }: TestSwarmOptions): Context {
  const say = progress ?? latePrinter();
  return {
    session: new Session(),
    signal: signal ?? new AbortController().signal,
    progress: say,
    info: say,
    warn: (text) => process.stderr.write(`pulumi-swarm: ${text}\n`),
  };
}
