import * as crypto from "node:crypto";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pack } from "tar-stream";
import { packBackup, readBackup } from "../../cli/backup-contents";
import { writeBackup } from "../../cli/backup-file";
import { unseal } from "../../cli/sealed-file";

jest.mock("node:crypto", () => ({
  ...jest.requireActual<typeof crypto>("node:crypto"),
  randomBytes: jest.fn(),
}));
const { randomBytes } = jest.requireActual<typeof crypto>("node:crypto");

// A key takes half a second to make, and longer on a busy machine.
jest.setTimeout(60_000);

const PASSPHRASE = "a long passphrase";
const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-backup-file-"));
const file = path.join(folder, "swarm.backup");
const others = path.join(folder, "others");
const FORESEEN = Buffer.from("0a0b0c0d0e0f", "hex");

let content: Buffer;
beforeAll(async () => {
  const state = pack();
  for (const name of ["certificates/swarm-node.key", "certificates/swarm-node.crt", "raft/wal"])
    state.entry({ name: `swarm/${name}` }, "x");
  state.finalize();
  content = await packBackup(Readable.from(state), { cluster: "dev" } as never, "");
});
beforeEach(() => {
  jest.mocked(crypto.randomBytes).mockImplementation(((size: number) => randomBytes(size)) as never);
  writeFileSync(others, "what somebody else wrote");
});
afterEach(() => readdirSync(folder).forEach((name) => rmSync(path.join(folder, name))));
afterAll(() => rmSync(folder, { recursive: true }));

test("a backup appears whole, for its owner only, and leaves nothing beside it", async () => {
  const bytes = await writeBackup(file, content, PASSPHRASE);
  expect(statSync(file)).toMatchObject({ size: bytes, mode: 0o100600 });
  const read = await readBackup(await unseal(readFileSync(file), PASSPHRASE, file), file);
  expect(read.manifest.cluster).toBe("dev");
  expect(readdirSync(folder).sort()).toEqual(["others", "swarm.backup"]);
});

test("a link that lies where its temporary file used to be is not followed", async () => {
  symlinkSync(others, `${file}.part`);
  await writeBackup(file, content, PASSPHRASE);
  expect(readFileSync(others, "utf8")).toBe("what somebody else wrote");
});

test("neither is one whose name was foreseen: the backup fails and touches nothing", async () => {
  jest
    .mocked(crypto.randomBytes)
    .mockImplementation(((size: number) =>
      size === FORESEEN.length ? FORESEEN : randomBytes(size)) as never);
  const part = `${file}.${FORESEEN.toString("hex")}.part`;
  symlinkSync(others, part);
  await expect(writeBackup(file, content, PASSPHRASE)).rejects.toThrow(/EEXIST/);
  expect(readFileSync(others, "utf8")).toBe("what somebody else wrote");
  expect(readdirSync(folder).sort()).toEqual(["others", path.basename(part)]);
});
