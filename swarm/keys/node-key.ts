import { createPrivateKey } from "node:crypto";
import { BinaryReader, BinaryWriter } from "google-protobuf";
import { secretbox } from "tweetnacl";

/**
 * A manager's key file: its TLS key, with the keys of its raft log as headers. Autolock encrypts all of them with the
 * unlock key.
 * Source: https://github.com/moby/swarmkit/blob/master/ca/keyreadwriter.go and manager/deks.go
 */
interface KeyFile {
  encrypted: boolean;
  headers: [string, string][];
  der: Buffer;
}

const KEY_PREFIX = "SWMKEY-1-";
const RAFT_KEYS = ["raft-dek", "raft-dek-pending"];
/** The unlock key's own version there: 0 makes the manager take up the swarm's key again once it leads. */
const VERSION_HEADER = "kek-version";
const LINE = 64;

const NOT_ENCRYPTED = 0;
const SECRETBOX = 1;

export function isLocked(file: string): boolean {
  return parse(file).encrypted;
}

/**
 * The same key file as a manager without autolock has it; one that is not locked is answered as it is.
 * `init` with ForceNewCluster has no way to be given the unlock key: https://github.com/moby/moby/issues/36852
 *
 * @param unlockKeys - the first one that fits is taken; a manager that missed a rotation has an older one.
 * @throws Error where none of them fits.
 */
export function unlockedNodeKey(file: string, unlockKeys: readonly string[]): string {
  if (!isLocked(file)) return file;
  let refusal = new Error("The manager's key file is locked, and no unlock key is known.");
  for (const unlockKey of unlockKeys) {
    try {
      return openedWith(file, unlockKey);
    } catch (error) {
      refusal = error as Error;
    }
  }
  throw refusal;
}

function openedWith(file: string, unlockKey: string): string {
  const { headers, der } = parse(file);
  const key = parseUnlockKey(unlockKey);
  const open = ([name, value]: [string, string]): [string, string] => {
    if (RAFT_KEYS.includes(name)) return [name, openRecord(value, key)];
    return name === VERSION_HEADER ? [name, "0"] : [name, value];
  };
  return render("PRIVATE KEY", headers.map(open), decryptTlsKey(der, key));
}

function parse(file: string): KeyFile {
  const [, type, text] = /-----BEGIN ([A-Z ]+)-----\n([\s\S]*?)-----END/.exec(file) ?? [];
  if (!type) throw new Error("The manager's key file is no PEM file.");
  const [head, body] = text.includes("\n\n") ? text.split("\n\n", 2) : ["", text];
  const headers = head
    .split("\n")
    .filter(Boolean)
    .map((line): [string, string] => [
      line.slice(0, line.indexOf(":")),
      line.slice(line.indexOf(":") + 1).trim(),
    ]);
  return { encrypted: type.startsWith("ENCRYPTED"), headers, der: Buffer.from(body, "base64") };
}

function render(type: string, headers: [string, string][], der: Buffer): string {
  const base64 = der.toString("base64");
  const lines = base64.match(new RegExp(`.{1,${LINE}}`, "g")) ?? [];
  const head = headers.map(([name, value]) => `${name}: ${value}`);
  return [`-----BEGIN ${type}-----`, ...head, "", ...lines, `-----END ${type}-----`, ""].join("\n");
}

function parseUnlockKey(unlockKey: string): Buffer {
  const key = Buffer.from(unlockKey.slice(KEY_PREFIX.length), "base64");
  if (unlockKey.startsWith(KEY_PREFIX) && key.length === secretbox.keyLength) return key;
  throw new Error(
    `That is no unlock key: one begins with ${KEY_PREFIX} and holds ${secretbox.keyLength} bytes.`,
  );
}

function decryptTlsKey(der: Buffer, passphrase: Buffer): Buffer {
  try {
    const key = createPrivateKey({ key: der, format: "der", type: "pkcs8", passphrase });
    return key.export({ format: "der", type: "pkcs8" });
  } catch (error) {
    throw wrongKey(error);
  }
}

/** A protobuf message. */
interface RaftKeyRecord {
  algorithm: number;
  data: Uint8Array;
  nonce: Uint8Array;
}

function openRecord(base64: string, key: Buffer): string {
  const { algorithm, data, nonce } = readRecord(Buffer.from(base64, "base64"));
  if (algorithm === NOT_ENCRYPTED) return base64;
  if (algorithm !== SECRETBOX) {
    throw new Error(
      `The manager's raft key is encrypted with algorithm ${algorithm} (an engine in FIPS mode?), which cannot be opened here. ` +
        "Turn autolock off before the backup: docker swarm update --autolock=false",
    );
  }
  const opened = secretbox.open(data, nonce, key);
  if (!opened) throw wrongKey();
  const writer = new BinaryWriter();
  writer.writeBytes(2, opened);
  return Buffer.from(writer.getResultBuffer()).toString("base64");
}

function readRecord(bytes: Uint8Array): RaftKeyRecord {
  const reader = new BinaryReader(bytes);
  const record: RaftKeyRecord = { algorithm: NOT_ENCRYPTED, data: new Uint8Array(), nonce: new Uint8Array() };
  while (reader.nextField()) {
    if (reader.getFieldNumber() === 1) record.algorithm = reader.readEnum();
    else if (reader.getFieldNumber() === 2) record.data = reader.readBytes();
    else if (reader.getFieldNumber() === 3) record.nonce = reader.readBytes();
    else reader.skipField();
  }
  return record;
}

function wrongKey(cause?: unknown): Error {
  return new Error(
    "The unlock key does not open this manager. Nothing was changed. Give the swarm's own: docker swarm unlock-key",
    { cause },
  );
}
