import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { createGunzip, createGzip } from "node:zlib";
import { pack } from "tar-stream";
import type { Inventory } from "../docker/contents";
import { entriesOf, type ArchiveEntry } from "../transport/archive";

/** What a backup says of itself. */
export interface BackupManifest {
  version: 1;
  cluster: string;
  clusterId: string;
  /** The labels of the swarm, which say whose it is. */
  labels: Record<string, string>;
  /** The manager whose state it is. */
  node: string;
  nodeId: string;
  /** Address that this manager has told the others; it is written in the state itself. */
  address: string;
  /** When the state was read, as an RFC 3339 time. */
  takenAt: string;
  engineVersion: string;
  autolock: boolean;
  inventory: Inventory;
  /** Path → SHA-256 of the file in hex. */
  files: Record<string, string>;
}

export interface Backup {
  manifest: BackupManifest;
  /** Empty where autolock is off. */
  unlockKey: string;
  /** The gzipped tar archive. */
  content: Buffer;
}

const MANIFEST = "manifest.json";
const UNLOCK_KEY = "unlock-key";
const STATE = "swarm/";
/** Space that the raft log has set aside and not written to; a manager makes it again. */
const UNUSED = /\.tmp$/;
/** Without these no manager starts from the state. */
const REQUIRED = [
  /^swarm\/certificates\/swarm-node\.key$/,
  /^swarm\/certificates\/swarm-node\.crt$/,
  /^swarm\/raft\//,
];
const MIB = 2 ** 20;
/** The compressed state is held in memory; a manager's is a few MiB. */
const LARGEST = 512 * MIB;

/** Makes the content of a backup out of a manager's swarm folder, which comes as a tar archive. */
export async function packBackup(
  folder: Readable,
  facts: Omit<BackupManifest, "version" | "files">,
  unlockKey: string,
): Promise<Buffer> {
  const archive = pack();
  const packed = collect(archive.pipe(createGzip()));
  const files: BackupManifest["files"] = {};
  const add = (name: string, text: string) => archive.entry({ name, mode: 0o600 }, text);
  for await (const { header, data } of entriesOf(folder)) {
    if (UNUSED.test(header.name)) continue;
    if (header.type === "file") files[header.name] = digest(data);
    archive.entry(header, data);
  }
  if (unlockKey) add(UNLOCK_KEY, unlockKey);
  add(MANIFEST, JSON.stringify({ version: 1, ...facts, files } satisfies BackupManifest));
  archive.finalize();
  return packed;
}

/**
 * Reads a backup's content back and compares every file with what the manifest says.
 * @param name - the backup's name, for messages.
 */
export async function readBackup(content: Buffer, name: string): Promise<Backup> {
  const files: BackupManifest["files"] = {};
  let manifest: BackupManifest | undefined;
  let unlockKey = "";
  for await (const { header, data } of unpack(content)) {
    if (header.name === MANIFEST) manifest = JSON.parse(data.toString()) as BackupManifest;
    else if (header.name === UNLOCK_KEY) unlockKey = data.toString();
    else if (header.type === "file") files[header.name] = digest(data);
  }
  const differing = Object.keys({ ...files, ...manifest?.files }).filter(
    (file) => files[file] !== manifest?.files[file],
  );
  const missing = REQUIRED.filter((file) => !Object.keys(files).some((found) => file.test(found)));
  if (!manifest || differing.length > 0 || missing.length > 0) {
    const what =
      differing.length > 0 ? `it differs in ${differing.join(", ")}` : "it holds no manager's state";
    throw new Error(`${name} is not complete: ${what}. Nothing was changed. Take another backup.`);
  }
  return { manifest, unlockKey, content };
}

/** The swarm folder of a backup as a tar archive; `change` may leave a file out or give it another content. */
export function stateArchive(
  { content }: Backup,
  change: (path: string, data: Buffer) => Buffer | undefined,
): Readable {
  const archive = pack();
  const fill = async () => {
    for await (const { header, data } of unpack(content)) {
      if (!header.name.startsWith(STATE)) continue;
      const kept = header.type === "file" ? change(header.name, data) : data;
      if (kept) archive.entry({ ...header, size: kept.length }, kept);
    }
    archive.finalize();
  };
  fill().catch((error: Error) => archive.destroy(error));
  return Readable.from(archive);
}

function unpack(content: Buffer): AsyncGenerator<ArchiveEntry> {
  const gunzip = createGunzip();
  gunzip.end(content);
  return entriesOf(gunzip);
}

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST) {
      throw new Error(
        `The manager's state is larger than ${LARGEST / MIB} MiB even when compressed, which a backup cannot hold. ` +
          "Lower the swarm's snapshotInterval and keepOldSnapshots, and try again.",
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function digest(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
