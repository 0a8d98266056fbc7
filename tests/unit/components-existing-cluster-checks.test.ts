import * as pulumi from "@pulumi/pulumi";
import { checkExported, checkGiven } from "../../components/existing-cluster-checks";
import type { ExistingManagerArgs } from "../../library";
import type { OnceKnown } from "../../platforms/judge";

const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF2tJVpZbn5mahRLI8fcPLlrrA/P2awf72M1wZtej2Yv";
const agent = process.env.SSH_AUTH_SOCK;
beforeEach(() => void delete process.env.SSH_AUTH_SOCK);
afterAll(() => void (agent === undefined || (process.env.SSH_AUTH_SOCK = agent)));

/** What a value that comes later is judged by; here all of them are written down. */
const notLater: OnceKnown = () => {
  throw new Error("nothing comes later here");
};

const textOf = (problems: { where: string; text: string }[]) =>
  problems.map(({ where, text }) => `${where}: ${text}`).join("\n");

describe("managers that a program names", () => {
  test.each<ExistingManagerArgs>([
    { address: "192.0.2.11", hostKey: HOST_KEY, password: "p" },
    { name: "alpha", address: "192.0.2.11", hostKey: HOST_KEY, agent: "/run/agent", sudo: true },
    { container: "prod-manager-1", dockerHost: "tcp://10.0.0.1:2376" },
    { dockerHost: "unix:///var/run/docker.sock" },
    { context: "default" },
  ])("may be %p", (manager) => {
    expect(checkGiven({ managers: [manager] }, notLater)).toEqual([]);
  });

  test.each<[unknown, RegExp]>([
    [[], /^managers: names no manager\. Name at least one: \{ address, hostKey \} for SSH/],
    [undefined, /^managers: names no manager/],
    [["manager-1"], /^managers\[0\]: "manager-1" is no manager\. Write it like \{ address/],
    [[{}], /^managers\[0\]: does not say how it is reached\. Write it like/],
    [[{ container: "" }], /^managers\[0\]\.container: "" is no text that names anything/],
    [
      [{ dockerHost: "tcp://a:1", context: "b" }],
      /^managers\[0\]: names both a `dockerHost` and a `context`/,
    ],
    [[{ dockerHost: "ssh://root@a" }], /^managers\[0\]\.dockerHost: "ssh:\/\/root@a" is a machine over SSH/],
    [[{ container: "a", hots: 1 }], /^managers\[0\]\.?.*hots/],
    [[{ address: "192.0.2.11", password: "p" }], /^managers\[0\]\.hostKey: no host key is given/],
    [
      [{ address: "192.0.2.11", hostKey: HOST_KEY }],
      /^managers\[0\]: no credentials are given, and no SSH agent runs/,
    ],
    [
      [{ address: "192.0.2.11", hostKey: HOST_KEY, password: "p", bastion: { address: "a b" } }],
      /^managers\[0\]\.bastion\.address: "a b" is no host name/,
    ],
  ])("may not be %p", (managers, text) => {
    expect(textOf(checkGiven({ managers: managers as ExistingManagerArgs[] }, notLater))).toMatch(text);
  });

  test("are in a swarm whose ID looks like one", () => {
    const managers = [{ container: "manager-1" }];
    expect(textOf(checkGiven({ managers, clusterId: "prod" }, notLater))).toMatch(
      /^clusterId: "prod" is no cluster ID/,
    );
    expect(checkGiven({ managers, clusterId: "jt2ocyzvfeq6tvlkt9kcqd2vn" }, notLater)).toEqual([]);
  });
});

describe("an output that shall be a cluster", () => {
  const exported = (connection: object) => ({ clusterId: "c", managers: [{ name: "alpha", connection }] });
  const ssh = exported({ host: "192.0.2.11", hostKey: HOST_KEY });

  test("is one that a SwarmCluster exports; over SSH with a login", () => {
    expect(checkExported("cluster", exported({ container: "manager-1" }), notLater)).toEqual([]);
    expect(checkExported("cluster", ssh, notLater, { password: "p" })).toEqual([]);
  });

  test.each<[unknown, RegExp]>([
    [
      undefined,
      /^output "prod": is not there\. In the program of that stack: export const prod = cluster\.exported/,
    ],
    ["SWMTKN-secret", /^output "prod": is no cluster that a SwarmCluster exports\. In the program/],
    [{ clusterId: "c", managers: [] }, /is no cluster/],
    [{ clusterId: "c", managers: [{ name: "a" }] }, /is no cluster/],
    [ssh, /^login: no credentials are given, and no SSH agent runs/],
  ])("may not be %p", (value, text) => {
    const found = textOf(checkExported("prod", value, notLater));
    expect(found).toMatch(text);
    expect(found).not.toContain("SWMTKN");
  });

  test("tells of a login that cannot be right, once for all managers", () => {
    const two = { ...ssh, managers: [...ssh.managers, ...ssh.managers] };
    const login = { identityFile: "/nowhere/key", passwort: "p" } as object;
    expect(textOf(checkExported("cluster", two, notLater, login)).split("\n")).toEqual([
      expect.stringMatching(/^login.*passwort/),
      expect.stringMatching(/^login\.identityFile: there is no file "\/nowhere\/key"/),
    ]);
  });
});

test("a manager's address may come later, and is judged then", () => {
  const later: unknown[] = [];
  const managers = [{ address: pulumi.output("192.0.2.11"), hostKey: HOST_KEY, password: "p" }];
  expect(checkGiven({ managers }, (value) => void later.push(value))).toEqual([]);
  expect(later).not.toEqual([]);
});
