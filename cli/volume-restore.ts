import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { SWARM_COMMAND } from "../foundation/command-lines";
import type { Waiting } from "../foundation/context";
import { Session } from "../foundation/session";
import { closeConnections } from "../docker/connect";
import type { EngineClient } from "../docker/engine-client";
import type { Service } from "../docker/api/service";
import { createVolume } from "../docker/volumes";
import { discard, isEmpty, putInPlace, unpackVolume, type VolumeFolder } from "../swarm/volumes/volume-files";
import { volumeMounts, type NodeVolume } from "../swarm/volumes/node-volumes";
import { showBytes } from "../validation/bytes";
import type { RecordedCluster } from "../schema/cluster-record";
import { Counter } from "./counter";
import { clusterMadeHere } from "./recorded-cluster";
import type { Target } from "./stack-state";
import { cancellable, step } from "./steps";
import { volumeArchive, type VolumeArchive } from "./volume-archive";
import { described, lookAtVolume, refuseOtherThanFolder, type VolumeOptions } from "./volume-of";

/** Gives a volume of a node what is in a file of {@link backUpVolume}, or in any other tar archive. */
export async function restoreVolume(options: VolumeOptions & Target): Promise<void> {
  const archive = await volumeArchive(options.file);
  await restoreVolumeOf(await clusterMadeHere(options), archive, options);
}

export async function restoreVolumeOf(
  cluster: RecordedCluster,
  archive: VolumeArchive,
  options: VolumeOptions,
): Promise<void> {
  const { node, volume: name, force = false } = options;
  const session = new Session();
  try {
    await cancellable(async (signal) => {
      const waiting = (progress: (text: string) => void): Waiting => ({ signal, session, progress });
      const { engine, services, volume } = await step(
        "Look",
        async (progress) => {
          const found = await lookAtVolume(cluster, options, waiting(progress));
          if (found.volume) await refuseLoss(found.engine, found.volume, node, force);
          return found;
        },
        (found) =>
          found.volume ? `${described(found.volume)} on ${node}` : `${node} has no volume ${name} yet`,
      );
      const target = volume ?? (await made(engine, name, services, signal));
      await step(
        "Files",
        (progress) => restore(archive, engine, target, waiting(progress)),
        (bytes) => `${showBytes(bytes)} in ${name} on ${node}`,
      );
    });
  } finally {
    closeConnections({ session });
  }
}

/** A container that has the volume goes on with the folder that is replaced, and nobody would see what it writes. */
async function refuseLoss(
  engine: EngineClient,
  volume: NodeVolume,
  node: string,
  force: boolean,
): Promise<void> {
  const { name, running } = volume;
  refuseOtherThanFolder(volume, node);
  if (running.length > 0) {
    const users = [...new Set(running)];
    throw new Error(
      `Volume ${name} on ${node} is in use: ${users.join(", ")}. Nothing was changed. Stop what uses it first: ` +
        `${SWARM_COMMAND} docker service scale ${users[0]}=0`,
    );
  }
  if (!force && !(await isEmpty(engine, volume))) {
    throw new Error(
      `Volume ${name} on ${node} is not empty. Nothing was changed. Take a backup of it ` +
        `(${SWARM_COMMAND} volumes backup ${node} ${name} FILE), or lose what is in it: --force`,
    );
  }
}

/** As the engine would make it for the first task that has it. */
async function made(
  engine: EngineClient,
  name: string,
  services: readonly Service[],
  signal: AbortSignal,
): Promise<VolumeFolder> {
  const mount = services.flatMap(volumeMounts).find(({ Source }) => Source === name);
  const { Mountpoint } = await createVolume(
    engine,
    { name, labels: mount?.VolumeOptions?.Labels ?? {} },
    signal,
  );
  return { name, folder: Mountpoint };
}

/** The files of a volume are what they were until all of the archive is unpacked beside them. */
async function restore(
  { file, isGzipped }: VolumeArchive,
  engine: EngineClient,
  volume: VolumeFolder,
  waiting: Waiting,
): Promise<number> {
  const { signal } = waiting;
  const files = new Counter((bytes) => waiting.progress(`${showBytes(bytes)} of files`));
  const stopped = new AbortController();
  const ends = AbortSignal.any([signal, stopped.signal]);
  let cause: Error | undefined;
  const stop = (error: Error) => {
    cause ??= error;
    stopped.abort();
  };
  const unpacking = unpackVolume(engine, volume, files, ends);
  const unzipped = isGzipped ? [createGunzip()] : [];
  const reading = pipeline([createReadStream(file), ...unzipped, files], { signal: ends });
  await Promise.all([
    reading.catch(stop),
    // What follows the end of an archive is read by nobody.
    unpacking.then(() => void files.resume(), stop),
  ]);
  if (cause) {
    await discard(engine, volume);
    throw signal.aborted ? new Error("Cancelled. Nothing was changed.") : failed(file, cause);
  }
  waiting.progress("putting them in their place");
  await putInPlace(engine, volume);
  return files.bytes;
}

function failed(file: string, cause: Error): Error {
  return new Error(`${file}: ${cause.message.replace(/\.?$/, ".")} Nothing was changed.`, { cause });
}
