import { utils } from "ssh2";
import { fingerprintOf, parseHostKey, typeOf, type PinnedHostKey } from "../../transport/ssh-host-key";

// The key and the fingerprint that `ssh-keygen -lf` prints for it.
const LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDxqC+KeF2bD3ltKZ6dqSTCDeq/brah1pEAOTDAJeUgU";
const FINGERPRINT = "SHA256:hQegiO03Nhpvqu3z3N9vAMhYY31goA6fImXCdZ8iac8";

const wire = (line: string) => Buffer.from(line.split(" ")[1], "base64");

test("the fingerprint is the one ssh-keygen prints", () => {
  expect(fingerprintOf(wire(LINE))).toBe(FINGERPRINT);
  expect(typeOf(wire(LINE))).toBe("ssh-ed25519");
});

test.each([LINE, `${LINE} root@node`, `  ${LINE}\n`])(
  "a public key line pins its key and its type: %j",
  (line) => {
    expect(parseHostKey(line)).toEqual({ fingerprint: FINGERPRINT, algorithms: ["ssh-ed25519"] });
  },
);

test.each([FINGERPRINT, `${FINGERPRINT}=`])("a fingerprint pins the key of any type: %s", (given) => {
  const pinned = parseHostKey(given) as PinnedHostKey;
  expect(pinned.fingerprint).toBe(FINGERPRINT);
  expect(pinned.algorithms).toEqual(
    expect.arrayContaining(["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512"]),
  );
});

test("nothing pinned allows signatures with SHA-1", () => {
  const rsa = utils.generateKeyPairSync("rsa", { bits: 2048 }).public;
  expect((parseHostKey(rsa) as PinnedHostKey).algorithms).toEqual(["rsa-sha2-512", "rsa-sha2-256"]);
  expect((parseHostKey(FINGERPRINT) as PinnedHostKey).algorithms).not.toContain("ssh-rsa");
});

test("an ECDSA key is offered with its own curve only", () => {
  const ecdsa = utils.generateKeyPairSync("ecdsa", { bits: 384 }).public;
  expect((parseHostKey(ecdsa) as PinnedHostKey).algorithms).toEqual(["ecdsa-sha2-nistp384"]);
});

test.each([undefined, null, "", "  ", 7, {}])("no host key is no trust: %p", (given) => {
  expect(parseHostKey(given)).toMatch(/no host key is given/);
});

test.each([
  "MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48",
  "SHA256:tooshort",
  "ssh-dss AAAAB3NzaC1kc3M=",
  "toString AAAA",
  "node.example ssh-ed25519 AAAA",
  "hunter2-misplaced-secret",
])("what is no host key is refused and not repeated: %s", (given) => {
  const complaint = parseHostKey(given);
  expect(complaint).toMatch(/neither a public key line/);
  expect(complaint).not.toContain(given);
});

test("a key that was cut off is refused", () => {
  expect(parseHostKey("ssh-ed25519")).toMatch(/neither a public key line/);
  expect(parseHostKey(LINE.slice(0, 50))).toMatch(/damaged or cut off/);
  expect(parseHostKey(`ecdsa-sha2-nistp256 ${LINE.split(" ")[1]}`)).toMatch(/damaged or cut off/);
});
