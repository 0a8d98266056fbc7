import { BinaryWriter } from "google-protobuf";
import { pack } from "tar-stream";
import type { Readable } from "node:stream";
import { compareRaft, readRaftPosition } from "../../swarm/recovery/raft-log";

function message(fields: Record<number, number | Uint8Array>): Uint8Array {
  const writer = new BinaryWriter();
  for (const [field, value] of Object.entries(fields)) {
    if (typeof value === "number") writer.writeUint64(Number(field), value);
    else writer.writeBytes(Number(field), value);
  }
  return writer.getResultBuffer();
}

/** A record of the log with its frame, padded to eight bytes. */
function record(type: number, data: Uint8Array): Buffer {
  const body = message({ 1: type, 2: 12345, 3: data });
  const padding = (8 - (body.length % 8)) % 8;
  const frame = Buffer.alloc(8);
  frame.writeBigUInt64LE(BigInt(body.length) | (padding > 0 ? BigInt(0x80 | padding) << 56n : 0n));
  return Buffer.concat([frame, body, Buffer.alloc(padding)]);
}

const entry = (term: number, index: number) =>
  record(2, message({ 1: 0, 2: term, 3: index, 4: Buffer.from("encrypted") }));
const state = (term: number, commit: number) => record(3, message({ 1: term, 2: 7, 3: commit }));
const snapshot = (term: number, index: number) => record(5, message({ 1: index, 2: term }));
const metadata = record(1, Buffer.from("who"));
const SPACE = Buffer.alloc(64);

function folder(files: Record<string, Buffer[]>): Readable {
  const archive = pack();
  for (const [name, parts] of Object.entries(files))
    archive.entry({ name }, Buffer.concat([...parts, SPACE]));
  archive.finalize();
  return archive as unknown as Readable;
}

const FIRST = "raft/wal-v3-encrypted/0000000000000000-0000000000000000.wal";
const SECOND = "raft/wal-v3-encrypted/0000000000000001-0000000000000004.wal";

test("the last entry and the last index that a majority accepted", async () => {
  const log = folder({
    [FIRST]: [metadata, snapshot(0, 0), entry(2, 1), entry(2, 2), state(2, 1), entry(3, 3), state(3, 2)],
  });
  expect(await readRaftPosition(log)).toEqual({ term: 3, index: 3, commit: 2 });
});

test("files follow each other by their names, and the space set aside for the next one counts for nothing", async () => {
  const log = folder({
    [SECOND]: [metadata, entry(3, 4), entry(3, 5), state(3, 5)],
    "raft/wal-v3-encrypted/0.tmp": [],
    [FIRST]: [metadata, entry(2, 1), state(2, 1)],
  });
  expect(await readRaftPosition(log)).toEqual({ term: 3, index: 5, commit: 5 });
});

test("entries that a new leader replaced do not count", async () => {
  const log = folder({ [FIRST]: [entry(2, 1), entry(2, 2), entry(2, 3), entry(3, 2), state(3, 1)] });
  expect(await readRaftPosition(log)).toEqual({ term: 3, index: 2, commit: 1 });
});

test("a log that begins with a snapshot", async () => {
  expect(
    await readRaftPosition(folder({ [FIRST]: [metadata, snapshot(4, 10_000), state(4, 10_000)] })),
  ).toEqual({
    term: 4,
    index: 10_000,
    commit: 10_000,
  });
});

test("a record that is being written is left out", async () => {
  const half = entry(2, 2).subarray(0, 16);
  const file = Buffer.concat([entry(2, 1), half]);
  const archive = pack();
  archive.entry({ name: FIRST }, file);
  archive.finalize();
  expect(await readRaftPosition(archive as unknown as Readable)).toEqual({ term: 2, index: 1, commit: 0 });
});

test("a machine without a log has no position", async () => {
  expect(await readRaftPosition(folder({ "raft/other": [] }))).toBeUndefined();
});

test("the later term knows more, then the longer log", () => {
  const positions = [
    { term: 2, index: 90, commit: 90 },
    { term: 3, index: 80, commit: 70 },
    { term: 3, index: 81, commit: 60 },
  ];
  expect([...positions].sort(compareRaft)).toEqual(positions);
  expect([...positions].reverse().sort(compareRaft)).toEqual(positions);
});
