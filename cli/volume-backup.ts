import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Waiting } from "../foundation/context";
import { Session } from "../foundation/session";
import { closeConnections } from "../docker/connect";
import type { EngineClient } from "../docker/engine-client";
import { packVolume } from "../swarm/volumes/volume-files";
import type { NodeVolume } from "../swarm/volumes/node-volumes";
import { showBytes } from "../validation/bytes";
import type { RecordedCluster } from "../schema/cluster-record";
import { Counter } from "./counter";
import { asPart, refuseFile } from "./part-file";
import { clusterMadeHere } from "./recorded-cluster";
import type { Target } from "./stack-state";
import { cancellable, step } from "./steps";
import { GZIPPED } from "./volume-archive";
import {
  described,
  lookAtVolume,
  noSuchVolume,
  refuseOtherThanFolder,
  type VolumeOptions,
} from "./volume-of";

/** Writes what is in a volume of a node into one file. */
export async function backUpVolume(options: VolumeOptions & Target): Promise<void> {
  refuseFile(options.file, options.force ?? false);
  await backUpVolumeOf(await clusterMadeHere(options), options);
}

export async function backUpVolumeOf(cluster: RecordedCluster, options: VolumeOptions): Promise<void> {
  const { file, node } = options;
  const session = new Session();
  try {
    await cancellable(async (signal) => {
      const waiting = (progress: (text: string) => void): Waiting => ({ signal, session, progress });
      const { engine, volume } = await step(
        "Look",
        async (progress) => {
          const found = await lookAtVolume(cluster, options, waiting(progress));
          if (!found.volume) throw noSuchVolume(options);
          refuseOtherThanFolder(found.volume, node);
          return { ...found, volume: found.volume };
        },
        (found) => `${described(found.volume)} on ${node}`,
      );
      const { changed } = await step(
        "File",
        (progress) => write(file, engine, volume, waiting(progress)),
        ({ bytes }) => `${file}, ${showBytes(bytes)} of files`,
      );
      warnOfWriters(volume, changed);
    });
  } finally {
    closeConnections({ session });
  }
}

function write(
  file: string,
  engine: EngineClient,
  volume: NodeVolume,
  waiting: Waiting,
): Promise<{ bytes: number; changed: string[] }> {
  const { signal } = waiting;
  return asPart(file, async (part, open) => {
    const files = new Counter((bytes) => waiting.progress(`${showBytes(bytes)} of files`));
    const stopped = new AbortController();
    const read = packVolume(engine, volume, files, AbortSignal.any([signal, stopped.signal]));
    const ended = read.then(
      () => void files.end(),
      (error: Error) => void files.destroy(error),
    );
    const output = createWriteStream(part, { fd: open, autoClose: false });
    try {
      if (GZIPPED.test(file)) await pipeline(files, createGzip(), output);
      else await pipeline(files, output);
      return { bytes: files.bytes, changed: await read };
    } catch (error) {
      stopped.abort();
      throw signal.aborted ? new Error("Cancelled. No backup was written.") : error;
    } finally {
      await ended;
    }
  });
}

/** What a program writes is complete only when it has ended. */
function warnOfWriters({ running }: NodeVolume, changed: readonly string[]): void {
  if (changed.length > 0)
    console.error(`Written to while they were read, and perhaps half of each: ${changed.join(", ")}.`);
  if (running.length > 0)
    console.error(
      `${[...new Set(running)].join(", ")} had the volume meanwhile. For files that belong together, such as a database's, ` +
        "stop what writes them first, or have it write a copy of its own.",
    );
}
