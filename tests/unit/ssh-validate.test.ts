import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { SshPlatform, type SshHostArgs, type SshPlatformArgs } from "../../library";

const HOST_KEY = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const GOOD: SshHostArgs = { name: "alpha", address: "192.0.2.11", hostKey: HOST_KEY, password: "secret" };
const folder = mkdtempSync(path.join(tmpdir(), "ssh-validate-"));
const key = path.join(folder, "key");
const knownHosts = path.join(folder, "known_hosts");

beforeAll(() => {
  writeFileSync(key, "a key");
  writeFileSync(knownHosts, "192.0.2.99 ssh-ed25519 AAAA\n@revoked 192.0.2.11 ssh-ed25519 AAAB\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

let agent: string | undefined;
beforeEach(() => {
  agent = process.env.SSH_AUTH_SOCK;
  delete process.env.SSH_AUTH_SOCK;
});
afterEach(() => {
  if (agent === undefined) delete process.env.SSH_AUTH_SOCK;
  else process.env.SSH_AUTH_SOCK = agent;
});

/** What is said of a cluster of as many nodes, one line per problem. */
function problems(args: Partial<SshPlatformArgs>, count = 1): string[] {
  const nodes = Array.from({ length: count }, (_, index) => ({
    ...{ name: `app-${index + 1}`, pool: "app" },
    role: "worker" as const,
  }));
  const owner = { project: "p", stack: "s", cluster: "c", id: "1f2e" };
  const found = new SshPlatform({ hosts: [GOOD], ...args }).validate({ owner, nodes }, () => undefined);
  return found.map(({ where, text }) => `${where}: ${text}`);
}

/** The same of one host that differs from a good one. */
const problemsOf = (changes: Record<string, unknown>, more: Partial<SshPlatformArgs> = {}) =>
  problems({ hosts: [{ ...GOOD, ...changes } as unknown as SshHostArgs], ...more });

describe("what is right", () => {
  test.each<[string, Record<string, unknown>, Partial<SshPlatformArgs>]>([
    ["a password", {}, {}],
    ["a key file", { password: undefined, identityFile: key }, {}],
    ["an agent by its path", { password: undefined, agent: "/run/agent.sock" }, {}],
    ["a user with sudo", { user: "admin", sudo: true }, {}],
    ["a name with the address that others see", { address: "alpha.example", privateAddress: "10.0.0.1" }, {}],
    ["an IPv6 address", { address: "2001:db8::1" }, {}],
    ["a bastion", { bastion: { address: "gate.example", hostKey: HOST_KEY, password: "secret" } }, {}],
    ["a known host", { hostKey: undefined, address: "192.0.2.99" }, { knownHosts }],
    ["trust on first use", { hostKey: undefined }, { trustOnFirstUse: true }],
    ["defaults", { password: undefined }, { defaults: { password: "secret", port: 2222 } }],
  ])("%s", (_name, changes, more) => expect(problemsOf(changes, more)).toEqual([]));

  test("the agent of this session", () => {
    process.env.SSH_AUTH_SOCK = "/run/agent.sock";
    expect(problemsOf({ password: undefined })).toEqual([]);
  });

  test("more hosts than nodes", () => {
    expect(problems({ hosts: [GOOD, { ...GOOD, name: "beta", address: "192.0.2.12" }] })).toEqual([]);
  });
});

describe("what is wrong with one host", () => {
  test.each<[Record<string, unknown>, Partial<SshPlatformArgs>, RegExp]>([
    [{ adress: "192.0.2.1" }, {}, /^hosts\[0\]\.adress: is not known here\. Did you mean "address"\?$/],
    [{ name: "Alpha_1" }, {}, /^hosts\[0\]\.name: "Alpha_1" is not a host name/],
    [{ name: undefined }, {}, /^hosts\[0\]\.name: /],
    [{ labels: { "a b": "x" } }, {}, /^hosts\[0\]\.labels\["a b"\]: /],
    [
      { address: "not an address" },
      {},
      /^hosts\[0\]\.address: "not an address" is no host name or IP address\. Give/,
    ],
    [{ address: undefined }, {}, /^hosts\[0\]\.address: is missing\. Give/],
    [
      { address: "alpha.example" },
      {},
      /^hosts\[0\]\.privateAddress: .*"alpha\.example": .*wants an IP address\. Give it/,
    ],
    [{ privateAddress: "inside" }, {}, /^hosts\[0\]\.privateAddress: .*"inside": .*wants an IP address/],
    [{ port: 70_000 }, {}, /^hosts\[0\]\.port: 70000 is not a port from 1 to 65535\.$/],
    [{ port: "22" }, {}, /^hosts\[0\]\.port: "22" is not a port/],
    [
      { identityFile: "/nowhere/key" },
      {},
      /^hosts\[0\]\.identityFile: there is no file "\/nowhere\/key"\. Give/,
    ],
    [{ password: undefined }, {}, /^hosts\[0\]: no credentials are given, and no SSH agent runs .*ssh-add$/],
    [{ agent: true }, {}, /^hosts\[0\]: .*no SSH agent runs/],
    [{ sudo: true }, {}, /^hosts\[0\]\.sudo: is set, and the user is root/],
    [{ hostKey: undefined }, {}, /^hosts\[0\]\.hostKey: no host key is given\. On that machine: cat /],
    [
      { hostKey: undefined },
      { knownHosts },
      /^hosts\[0\]\.hostKey: no host key is given, and ".*known_hosts" has none for it\./,
    ],
    [
      { hostKey: "ssh-ed25519 AAAB root@alpha" },
      { knownHosts },
      /^hosts\[0\]\.hostKey: is revoked by ".*known_hosts"\..* give the machine a new one/,
    ],
    [{ hostKey: undefined }, { knownHosts: "/nowhere" }, /^knownHosts: ssh-keygen, .* of \/nowhere, says: /],
    [{ hostKey: "AAAAC3Nza" }, {}, /^hosts\[0\]\.hostKey: is neither a public key line .* nor a fingerprint/],
    [
      { bastion: { address: "gate", hostKey: HOST_KEY, password: "x", sudo: true } },
      {},
      /^hosts\[0\]\.bastion\.sudo: is not known here/,
    ],
    [
      { bastion: { address: "gate", password: "x" } },
      {},
      /^hosts\[0\]\.bastion\.hostKey: no host key is given/,
    ],
    [
      { bastion: { address: "gate", hostKey: HOST_KEY } },
      {},
      /^hosts\[0\]\.bastion: no credentials are given/,
    ],
    [
      { bastion: { address: "a b", hostKey: HOST_KEY, password: "x" } },
      {},
      /^hosts\[0\]\.bastion\.address: /,
    ],
  ])("%j %j", (changes, more, problem) => {
    const found = problemsOf(changes, more);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(problem);
    expect(found[0]).not.toMatch(/undefined/);
  });

  test("a known_hosts file that cannot be read is one problem of all hosts", () => {
    const hosts = [GOOD, { ...GOOD, name: "beta", address: "192.0.2.12" }];
    expect(problems({ hosts, knownHosts: folder })).toEqual([`knownHosts: ${folder} is a folder.`]);
  });

  test("a text in place of a host", () => {
    expect(problems({ hosts: ["alpha"] as never })).toEqual([
      'hosts[0]: "alpha" is no host. Write it like { name: "alpha", address: "192.0.2.11" }.',
    ]);
  });
});

describe("what is wrong with all of them", () => {
  const beta = { ...GOOD, name: "beta", address: "192.0.2.12" };

  test.each<[string, SshHostArgs[], string]>([
    [
      "name",
      [GOOD, { ...beta, name: "alpha" }],
      'hosts[1].name: "alpha" is that of hosts[0] already. Each host is one machine.',
    ],
    [
      "address",
      [GOOD, { ...beta, address: GOOD.address }],
      'hosts[1].address: "192.0.2.11:22" is that of hosts[0] already. Each host is one machine.',
    ],
    [
      "private address",
      [GOOD, { ...beta, privateAddress: GOOD.address }],
      'hosts[1].privateAddress: "192.0.2.11" is that of hosts[0] already. Each host is one machine.',
    ],
  ])("the same %s twice", (_what, hosts, problem) => expect(problems({ hosts })).toEqual([problem]));

  test("too few of them", () => {
    expect(problems({ hosts: [GOOD] }, 3)).toEqual([
      "hosts: the cluster has 3 nodes, and there are 1 hosts. Add 2, or ask for fewer nodes.",
    ]);
  });
});

test.each<[Partial<SshPlatformArgs>, RegExp]>([
  [{ engine: { source: "snap" as never } }, /^engine\.source: "snap" is no source of an engine\. Use/],
  [{ engine: { version: "newest" } }, /^engine\.version: "newest" is not a version/],
  [{ engine: { minVersion: "v25" } }, /^engine\.minVersion: "v25" is not a version/],
  [{ engine: { daemon: { "live-restore": true } } }, /^engine\.daemon\.live-restore: is true, with which/],
  [{ time: { servers: ["pool.example", "a b"] } }, /^time\.servers: .*"a b".* are not host names/],
  [{ maxOffset: "quarter" }, /^maxOffset: "quarter" is not a duration/],
])("the setting %j", (args, problem) => {
  expect(problems(args)).toEqual([expect.stringMatching(problem)]);
});
