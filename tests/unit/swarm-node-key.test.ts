import { createPrivateKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { BinaryWriter } from "google-protobuf";
import { secretbox } from "tweetnacl";
import { isLocked, unlockedNodeKey } from "../../swarm/keys/node-key";

const KEK = randomBytes(32);
const UNLOCK_KEY = `SWMKEY-1-${KEK.toString("base64").replace(/=+$/, "")}`;
const RAFT_KEY = randomBytes(32);
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

function record(algorithm: number, data: Uint8Array, nonce?: Uint8Array): string {
  const writer = new BinaryWriter();
  if (algorithm > 0) writer.writeEnum(1, algorithm);
  writer.writeBytes(2, data);
  if (nonce) writer.writeBytes(3, nonce);
  return Buffer.from(writer.getResultBuffer()).toString("base64");
}

/** A key file as a manager with autolock writes it. */
function lockedFile(raftKey = lockedRaftKey()): string {
  const pem = privateKey.export({
    format: "pem",
    type: "pkcs8",
    cipher: "aes-256-cbc",
    passphrase: KEK as unknown as string,
  });
  return String(pem).replace("\n", `\nkek-version: 10\nraft-dek: ${raftKey}\n\n`);
}

function lockedRaftKey(): string {
  const nonce = randomBytes(24);
  return record(1, secretbox(RAFT_KEY, nonce, KEK), nonce);
}

test("a locked key file is opened: the TLS key, the raft key, and a version that the swarm's own key follows", () => {
  expect(isLocked(lockedFile())).toBe(true);
  const opened = unlockedNodeKey(lockedFile(), [UNLOCK_KEY]);
  expect(isLocked(opened)).toBe(false);
  expect(opened).toContain(`\nraft-dek: ${record(0, RAFT_KEY)}\n`);
  expect(opened).toContain("\nkek-version: 0\n");
  const pem = opened.replace(/^[a-z-]+: .*\n/gm, "").replace("\n\n", "\n");
  expect(createPrivateKey(pem).equals(privateKey)).toBe(true);
});

test("a file that is not locked stays as it is, whatever the key", () => {
  const opened = unlockedNodeKey(lockedFile(), [UNLOCK_KEY]);
  expect(unlockedNodeKey(opened, [""])).toBe(opened);
});

test.each([
  ["", /^That is no unlock key: one begins with SWMKEY-1- and holds 32 bytes\.$/],
  ["SWMKEY-1-dG9vIHNob3J0", /^That is no unlock key/],
  [
    `SWMKEY-1-${randomBytes(32).toString("base64")}`,
    /^The unlock key does not open this manager\. Nothing was changed/,
  ],
])("a wrong unlock key is refused, and not repeated (%#)", (key, message) => {
  expect(() => unlockedNodeKey(lockedFile(), [key])).toThrow(message);
});

test("a raft key that was locked with another unlock key, or in FIPS mode, is refused", () => {
  const nonce = randomBytes(24);
  const other = record(1, secretbox(RAFT_KEY, nonce, randomBytes(32)), nonce);
  expect(() => unlockedNodeKey(lockedFile(other), [UNLOCK_KEY])).toThrow("does not open this manager");
  expect(() => unlockedNodeKey(lockedFile(record(2, RAFT_KEY)), [UNLOCK_KEY])).toThrow(
    /algorithm 2 .*--autolock=false/,
  );
});
