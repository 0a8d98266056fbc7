import { readFile, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import type Docker from "dockerode";
import { pack, type Pack } from "tar-stream";
import { onOuterEngine } from "../../docker/outer";
import type { InRun } from "../../foundation/session";

export interface Build extends InRun {
  /** Tag of the result. */
  name: string;
  /** Folder that is sent to the engine. */
  context: string;
  /** @default "Dockerfile" */
  dockerfile?: string;
  buildArgs?: Record<string, string>;
  labels: Record<string, string>;
  dockerHost?: string;
  /** Told each line the build prints. */
  onLine: (line: string) => void;
}

interface BuildEvent {
  stream?: string;
  error?: string;
}

/** Lines of a failed build that its error shows. */
const SHOWN_LINES = 15;

/** Builds an image with the engine that runs the nodes and returns its ID. */
export async function buildImage(build: Build): Promise<string> {
  try {
    return await buildAndFollow(build);
  } catch (error) {
    if (!build.signal.aborted) throw error;
    throw new Error(`The image ${build.name} was not built: cancelled. Run the same command again.`, {
      cause: error,
    });
  }
}

function buildAndFollow(build: Build): Promise<string> {
  return onOuterEngine(build.dockerHost, build, `build image ${build.name}`, async (docker) => {
    const response = await docker.buildImage(await tarOf(build.context), {
      t: build.name,
      dockerfile: build.dockerfile ?? "Dockerfile",
      buildargs: build.buildArgs,
      labels: build.labels,
      rm: true,
      forcerm: true,
      abortSignal: build.signal,
    });
    await follow(docker, response, build);
    return (await docker.getImage(build.name).inspect()).Id;
  });
}

async function follow(docker: Docker, response: NodeJS.ReadableStream, build: Build): Promise<void> {
  const lines: string[] = [];
  let failure: string | undefined;
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(
      response,
      (error) => (error ? reject(error) : resolve()),
      (event: BuildEvent) => {
        if (event.error) failure = event.error;
        for (const line of (event.stream ?? "").split("\n").filter((text) => text.trim() !== "")) {
          lines.push(line);
          build.onLine(line);
        }
      },
    );
  });
  if (failure) {
    throw new Error(
      `The image ${build.name} was not built: ${failure}\nIts last lines:\n${lines.slice(-SHOWN_LINES).join("\n")}`,
    );
  }
}

async function tarOf(folder: string): Promise<Readable> {
  const archive = pack();
  await addFolder(archive, folder, "");
  archive.finalize();
  return Readable.from(archive);
}

async function addFolder(archive: Pack, root: string, inside: string): Promise<void> {
  for (const name of (await readdir(path.join(root, inside))).sort()) {
    const entry = path.posix.join(inside, name);
    const file = path.join(root, entry);
    const { mode, mtime } = await stat(file);
    if ((await stat(file)).isDirectory()) await addFolder(archive, root, entry);
    else archive.entry({ name: entry, mode, mtime }, await readFile(file));
  }
}
