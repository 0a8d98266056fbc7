import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { utils } from "ssh2";
import { keyPair } from "../key-pair";
import { assign } from "../../platforms/ssh/assign";
import { fingerprintOf } from "../../transport/ssh-host-key";
import { isRevoked, knownHostKeys } from "../../platforms/ssh/known-hosts";
import type { NodeRequest } from "../../platforms/platform";
import type { SshMachine } from "../../platforms/ssh/args";

const nodes = (...names: string[]): NodeRequest<SshMachine>[] =>
  names.map((name) => ({ name, role: "worker", pool: "app" }));
const hosts = (...names: string[]) => names.map((name) => ({ name, address: name }));
const assigned = (wanted: NodeRequest<SshMachine>[], there: ReturnType<typeof hosts>) =>
  Object.fromEntries([...assign(wanted, there)].map(([node, { name }]) => [node, name]));

describe("which host a node gets", () => {
  test("the one of its name, wherever it stands", () => {
    expect(assigned(nodes("a", "b", "c"), hosts("c", "a", "b"))).toEqual({ a: "a", b: "b", c: "c" });
  });

  test("else the hosts that are left, in order", () => {
    expect(assigned(nodes("manager-1", "b", "app-1"), hosts("x", "b", "y", "z"))).toEqual({
      "manager-1": "x",
      b: "b",
      "app-1": "y",
    });
  });

  test("one of those that its pool names, which no other pool gets", () => {
    const [fast, slow, other] = nodes("fast-1", "slow-1", "other-1");
    const wanted = [
      other,
      { ...slow, machine: { hosts: ["x", "z"] } },
      { ...fast, machine: { hosts: ["w"] } },
    ];
    expect(assigned(wanted, hosts("w", "x", "y", "z"))).toEqual({
      "other-1": "y",
      "slow-1": "x",
      "fast-1": "w",
    });
    expect(assigned(wanted, hosts("w", "x"))).toEqual({ "slow-1": "x", "fast-1": "w" });
  });

  test("none, where there are too few", () => {
    expect(assigned(nodes("one", "two", "three"), hosts("x", "two"))).toEqual({ one: "x", two: "two" });
  });
});

describe("the key that known_hosts has for a host", () => {
  const line = (type: "ed25519" | "ecdsa" = "ed25519") =>
    type === "ed25519" ? keyPair().public : utils.generateKeyPairSync("ecdsa", { bits: 256 }).public;
  const keys = { plain: line(), port: line(), other: line(), ecdsa: line("ecdsa"), revoked: line() };
  let file: string;

  beforeAll(() => {
    file = path.join(mkdtempSync(path.join(tmpdir(), "known-hosts-")), "known_hosts");
    const lines = [
      "# a comment",
      `@revoked 192.0.2.1 ${keys.revoked}`,
      `192.0.2.1,alpha ${keys.ecdsa}`,
      `192.0.2.1,alpha ${keys.plain}`,
      `[192.0.2.1]:2222 ${keys.port}`,
      `192.0.2.2 ${keys.ecdsa}`,
      `*.example,!beta.example ${keys.other}`,
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
  });
  afterAll(() => rmSync(path.dirname(file), { recursive: true }));

  const knownHostKey = (...args: Parameters<typeof knownHostKeys>) => knownHostKeys(...args).key;

  const expectKeys = () => {
    expect(knownHostKey(file, "192.0.2.1")).toBe(keys.plain);
    expect(knownHostKey(file, "alpha")).toBe(keys.plain);
    expect(knownHostKey(file, "192.0.2.1", 2222)).toBe(keys.port);
    expect(knownHostKey(file, "192.0.2.2")).toBe(keys.ecdsa);
    expect(knownHostKey(file, "192.0.2.2", 2222)).toBeUndefined();
    expect(knownHostKey(file, "192.0.2.3")).toBeUndefined();
    expect(knownHostKey(file, "alpha.example")).toBe(keys.other);
    expect(knownHostKey(file, "beta.example")).toBeUndefined();
  };

  test("is that of its name and port, ed25519 before others", () => expectKeys());

  test("is found under hashed names as well", () => {
    execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "ignore" });
    expectKeys();
  });

  test("is none that is revoked, under any name, and an error where no other is left", () => {
    const revoked = path.join(path.dirname(file), "revoked");
    const lines = [
      `@revoked * ${keys.revoked}`,
      `192.0.2.1 ${keys.revoked}`,
      `192.0.2.1 ${keys.ecdsa}`,
      `192.0.2.2 ${keys.revoked} a comment`,
    ];
    writeFileSync(revoked, `${lines.join("\n")}\n`);
    expect(knownHostKeys(revoked, "192.0.2.1")).toEqual({ key: keys.ecdsa, revoked: [keys.revoked] });
    expect(() => knownHostKeys(revoked, "192.0.2.2")).toThrow(
      /revokes every key that it has for 192\.0\.2\.2/,
    );
    expect(knownHostKeys(revoked, "192.0.2.3")).toEqual({ key: undefined, revoked: [keys.revoked] });
  });

  test("is compared with revoked ones as a line and as a fingerprint", () => {
    const fingerprint = fingerprintOf(Buffer.from(keys.revoked.split(" ")[1], "base64"));
    for (const given of [keys.revoked, `${keys.revoked} root@alpha`, fingerprint, `${fingerprint}=`]) {
      expect(isRevoked(given, [keys.plain, keys.revoked])).toBe(true);
      expect(isRevoked(given, [keys.plain])).toBe(false);
    }
  });

  test("is looked for in vain only where ssh-keygen says that it is not there", () => {
    const folder = path.dirname(file);
    expect(() => knownHostKeys(`${file}-none`, "192.0.2.1")).toThrow(
      /ssh-keygen.*-none, says: .*No such file/,
    );
    expect(() => knownHostKeys(folder, "192.0.2.1")).toThrow(/is a folder/);
  });

  test("is none for who never used SSH", () => {
    const home = jest.spyOn(jest.requireActual<typeof import("node:os")>("node:os"), "homedir");
    home.mockReturnValue(path.join(path.dirname(file), "nobody"));
    expect(knownHostKeys(true, "192.0.2.1")).toEqual({ revoked: [] });
    expect(home).toHaveBeenCalled();
    home.mockRestore();
  });
});
