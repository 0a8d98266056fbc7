import { readFile, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pack, type Pack } from "tar-stream";
import { buildFrom, inspectImage } from "../../docker/images";
import { outerEngine } from "../../docker/outer";
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

async function buildAndFollow(build: Build): Promise<string> {
  const engine = outerEngine(build.dockerHost, build);
  const lines: string[] = [];
  const { name, dockerfile = "Dockerfile" } = build;
  const onLine = (line: string) => {
    lines.push(line);
    build.onLine(line);
  };
  const failure = await buildFrom(engine, await tarOf(build.context), { ...build, dockerfile, onLine });
  const image = failure === undefined ? await inspectImage(engine, name) : undefined;
  if (image) return image.Id;
  throw new Error(
    `The image ${name} was not built: ${failure ?? "it is gone already"}\nIts last lines:\n${lines.slice(-SHOWN_LINES).join("\n")}`,
  );
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
