import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { utils } from "ssh2";
import { keyPair } from "../key-pair";
import { assign } from "../../platforms/ssh/assign";
import { knownHostKey } from "../../platforms/ssh/known-hosts";
import type { NodeRequest } from "../../platforms/platform";

const nodes = (...names: string[]): NodeRequest[] =>
  names.map((name) => ({ name, role: "worker", pool: "app" }));
const hosts = (...names: string[]) => names.map((name) => ({ name, address: name }));
const assigned = (wanted: NodeRequest[], there: ReturnType<typeof hosts>) =>
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

  test("is none where there is no such file", () => {
    expect(knownHostKey(`${file}-none`, "192.0.2.1")).toBeUndefined();
  });
});
