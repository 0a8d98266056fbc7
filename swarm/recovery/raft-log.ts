import type { Readable } from "node:stream";
import { BinaryReader } from "google-protobuf";
import { entriesOf } from "../../transport/archive";

/** How far a manager's raft log goes, read from its files: no leader is needed, and no key. */
export interface RaftPosition {
  /** Term of the last entry. */
  term: number;
  /** Index of the last entry. */
  index: number;
  /** Index of the last entry that this manager knew to be accepted by a majority. */
  commit: number;
}

/**
 * Kinds of records in the log's files, which are those of etcd. Swarmkit encrypts the content of entries and snapshots,
 * not their terms and indexes.
 * Sources: https://github.com/etcd-io/etcd/blob/main/server/storage/wal/wal.go,
 * https://github.com/moby/swarmkit/blob/master/manager/state/raft/storage/walwrap.go
 */
const ENTRY = 2;
const STATE = 3;
const SNAPSHOT = 5;

const LOG_FILE = /\.wal$/;
const VARINT = 0;
const LENGTH_BYTES = 8;
const PADDING_SHIFT = 56n;
const LENGTH_MASK = (1n << PADDING_SHIFT) - 1n;

/** @param folder - the manager's raft folder as a tar archive. */
export async function readRaftPosition(folder: Readable): Promise<RaftPosition | undefined> {
  const logs: { name: string; data: Buffer }[] = [];
  for await (const { header, data } of entriesOf(folder)) {
    if (LOG_FILE.test(header.name)) logs.push({ name: header.name, data });
  }
  // Their names begin with a number of fixed width that counts up.
  logs.sort((a, b) => (a.name < b.name ? -1 : 1));
  const position: RaftPosition = { term: 0, index: 0, commit: 0 };
  for (const { data } of logs) {
    for (const record of recordsOf(data)) apply(position, record);
  }
  return position.index > 0 ? position : undefined;
}

/** Which of two managers knows more, by raft's own rule: the later term, then the longer log. */
export function compareRaft(a: RaftPosition, b: RaftPosition): number {
  return a.term - b.term || a.index - b.index;
}

function apply(position: RaftPosition, [type, data]: [number, Uint8Array]): void {
  if (type === STATE) {
    position.commit = numbersOf(data)[3] ?? 0;
  } else if (type === ENTRY) {
    // A new leader may replace the end of the log: what comes later in the file counts.
    const { 2: term = 0, 3: index = 0 } = numbersOf(data);
    Object.assign(position, { term, index });
  } else if (type === SNAPSHOT) {
    const { 1: index = 0, 2: term = 0 } = numbersOf(data);
    if (index > position.index) Object.assign(position, { term, index });
  }
}

/** Type and content of each record. The file is as long as the space that is set aside for it; zeros end the records. */
function* recordsOf(file: Buffer): Generator<[number, Uint8Array]> {
  let at = 0;
  while (at + LENGTH_BYTES <= file.length) {
    const field = file.readBigUInt64LE(at);
    const length = Number(field & LENGTH_MASK);
    const padding = Number((field >> PADDING_SHIFT) & 7n);
    at += LENGTH_BYTES;
    // A record that is being written just now is not whole yet.
    if (length === 0 || at + length > file.length) return;
    yield readRecord(file.subarray(at, at + length));
    at += length + padding;
  }
}

function readRecord(bytes: Uint8Array): [number, Uint8Array] {
  const reader = new BinaryReader(bytes);
  let type = 0;
  let data: Uint8Array = new Uint8Array();
  while (reader.nextField()) {
    if (reader.getFieldNumber() === 1) type = reader.readInt64();
    else if (reader.getFieldNumber() === 3) data = reader.readBytes();
    else reader.skipField();
  }
  return [type, data];
}

/** The numbers of a protobuf message by their fields. */
function numbersOf(bytes: Uint8Array): Record<number, number> {
  const reader = new BinaryReader(bytes);
  const numbers: Record<number, number> = {};
  while (reader.nextField()) {
    if ((reader.getWireType() as number) === VARINT) numbers[reader.getFieldNumber()] = reader.readUint64();
    else reader.skipField();
  }
  return numbers;
}
