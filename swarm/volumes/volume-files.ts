import type { Readable, Writable } from "node:stream";
import type { EngineClient } from "../../docker/engine-client";
import type { RunOptions, RunResult } from "../../transport/transport";

/**
 * The files of a volume as the machine itself reads and writes them, by its GNU tar. The engine's own archives
 * (`/containers/{id}/archive`) would need a container, and so an image, and leave out ACLs and all extended attributes but
 * capabilities (moby, go-archive: `ReadSecurityXattrToTarHeader`).
 *
 * Owners are numbers, as the names are those of an image. SELinux's labels are the machine's, and stay there.
 */
const KEEPING = [
  "--numeric-owner",
  "--acls",
  "--xattrs",
  "--xattrs-include=*",
  "--xattrs-exclude=security.selinux",
];
/** With 1 it ends where all is read and some file was written to meanwhile. */
const CHANGED = /^tar: (.*): (file changed as we read it|File removed before we read it|File shrank by .*)$/;
const LINES_SHOWN = 3;

/** Where the files of a volume lie on its machine. */
export interface VolumeFolder {
  name: string;
  folder: string;
  /** Whether the folder itself has to stay, as it may be where a disk is mounted. @default no: it is the engine's own */
  disk?: string;
}

/** In a folder that has to stay: what is restored until it is whole, and what was there before. */
const BESIDE = ".pulumi-swarm-restore";

/** Writes a tar archive of all files of a volume. Answers those that were written to meanwhile. */
export async function packVolume(
  engine: EngineClient,
  { name, folder }: VolumeFolder,
  into: Writable,
  signal: AbortSignal,
): Promise<string[]> {
  const command = [
    "tar",
    "--create",
    "--sparse",
    ...KEEPING,
    `--exclude=./${BESIDE}`,
    "--directory",
    folder,
    ".",
  ];
  const result = await engine.transport.run(command, { into, signal });
  if (result.exitCode === 0) return [];
  const changed = linesOf(result.stderr).map((line) => CHANGED.exec(line)?.[1]);
  if (result.exitCode !== 1 || changed.includes(undefined))
    throw failed(engine, `read volume ${name}`, result);
  return changed as string[];
}

/**
 * Unpacks an archive beside the files of a volume, which stay as they are until {@link putInPlace}. An archive that ends too
 * early at the end of a file is a whole one for tar, so whoever sends it says when all has been sent.
 */
export async function unpackVolume(
  engine: EngineClient,
  volume: VolumeFolder,
  archive: Readable,
  signal: AbortSignal,
): Promise<void> {
  // A machine that was cut off while its files were put in their place has none there.
  // The folder itself is like the one that it replaces, where the archive says nothing of it.
  const intoStaying = `
    mkdir -p "$1/${BESIDE}" && cd "$1/${BESIDE}" && rm -rf restored && mkdir restored || exit
    chown --reference "$1" restored && chmod --reference "$1" restored || exit
    shift && exec tar --extract --sparse --preserve-permissions --same-owner --directory restored "$@"`;
  const script = `
    cd "\${1%/*}" || exit
    [ -d "$1" ] || mv replaced "$1" || exit
    rm -rf restored && mkdir restored || exit
    chown --reference "$1" restored && chmod --reference "$1" restored || exit
    shift && exec tar --extract --sparse --preserve-permissions --same-owner --directory restored "$@"`;
  const action = `unpack into volume ${volume.name}`;
  await onMachine(engine, action, volume.disk ? intoStaying : script, [volume.folder, ...KEEPING], {
    stdin: archive,
    signal,
  });
}

/** What {@link unpackVolume} has unpacked takes the place of the volume's files. No container may use it. */
export function putInPlace(engine: EngineClient, { name, folder, disk }: VolumeFolder): Promise<void> {
  const intoStaying = `
    cd "$1/${BESIDE}" && rm -rf replaced && mkdir replaced || exit
    find "$1" -mindepth 1 -maxdepth 1 ! -name ${BESIDE} -exec mv -t replaced -- '{}' + || exit
    find restored -mindepth 1 -maxdepth 1 -exec mv -t "$1" -- '{}' + || exit
    chown --reference restored "$1" && chmod --reference restored "$1" || exit
    rm -rf "$1/${BESIDE}"`;
  const script = `
    cd "\${1%/*}" && rm -rf replaced && mv "$1" replaced || exit
    mv restored "$1" || { mv replaced "$1"; exit 1; }
    rm -rf replaced`;
  return onMachine(engine, `put the files of volume ${name} in their place`, disk ? intoStaying : script, [
    folder,
  ]);
}

/** Takes back what {@link unpackVolume} has unpacked. */
export function discard(engine: EngineClient, { name, folder, disk }: VolumeFolder): Promise<void> {
  const script = disk ? `rm -rf "$1/${BESIDE}"` : 'rm -rf "${1%/*}/restored"';
  return onMachine(engine, `remove what was unpacked for volume ${name}`, script, [folder]);
}

/** Whether there is no file in a volume. */
export async function isEmpty(engine: EngineClient, { name, folder }: VolumeFolder): Promise<boolean> {
  const others = ["!", "-name", BESIDE];
  const command = ["find", folder, "-mindepth", "1", "-maxdepth", "1", ...others, "-print", "-quit"];
  const result = await engine.transport.run(command);
  if (result.exitCode !== 0) throw failed(engine, `look into volume ${name}`, result);
  return result.stdout === "";
}

async function onMachine(
  engine: EngineClient,
  action: string,
  script: string,
  args: string[],
  options: RunOptions = {},
): Promise<void> {
  const result = await engine.transport.run(["sh", "-c", script, "sh", ...args], options);
  if (result.exitCode !== 0) throw failed(engine, action, result);
}

function failed({ node }: EngineClient, action: string, { exitCode, stderr }: RunResult): Error {
  const said = linesOf(stderr).slice(-LINES_SHOWN).join("; ") || `exit code ${exitCode}`;
  return new Error(`${node}: ${action}: ${said}`);
}

function linesOf(text: string): string[] {
  return text.trim().split("\n").filter(Boolean);
}
