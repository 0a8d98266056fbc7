import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { keyPair } from "../key-pair";
import { Application } from "./harness/application";
import { SshAgent } from "./harness/ssh-agent";
import { SshHosts, type SshHost } from "./harness/ssh-hosts";
import { tracesOn } from "./harness/ssh-traces";
import { Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

const PASSPHRASE = randomBytes(12).toString("base64url");
const PASSWORD = randomBytes(12).toString("base64url");
const NODES = ["host-1", "host-2"];

let workspace: Workspace;
let hosts: SshHosts;
let bastion: SshHost;
let servers: string[];
let application: Application;
const agents: SshAgent[] = [];

/** Two hosts that let in nobody but `admin` from the bastion, who needs sudo for everything. */
beforeAll(async () => {
  workspace = await Workspace.create({ platform: "ssh", managers: 1, workers: [{ name: "app", count: 1 }] });
  hosts = await SshHosts.create(workspace.cluster, "ready", 0);
  bastion = await hosts.add("bastion");
  const allowed = `AllowUsers=admin@${bastion.address}`;
  await hosts.add("host-1", { sshd: [allowed] });
  await hosts.add("host-2", { sshd: [allowed, "MaxSessions=2"] });
  servers = [await hosts.timeServer()];
  const listed = hosts.inventory().filter(({ name }) => name !== "bastion");
  workspace.configure({ hosts: listed, ssh: { defaults: behind({}), time: { servers } } });
});

afterAll(async () => {
  await workspace?.remove();
  agents.forEach((agent) => agent.stop());
  await hosts?.remove();
});

/** Defaults of the hosts, with the login of the bastion. */
function behind(bastionLogin: Record<string, unknown>) {
  const { address, hostKey } = bastion;
  return { user: "admin", sudo: true, bastion: { address, hostKey, ...bastionLogin } };
}

async function withAgent(name: string): Promise<void> {
  const agent = await SshAgent.start(workspace.folder, name, hosts.userKey.private);
  agents.push(agent);
  workspace.env.SSH_AUTH_SOCK = agent.socket;
}

/** Who logged in to a machine since it started: "publickey for admin from 192.0.2.1". */
async function logins(name: string): Promise<string[]> {
  return [...(await hosts.log(name)).matchAll(/^Accepted (.+?) port /gm)].map(([, login]) => login);
}

test("a cluster with nothing but an agent, as a user with sudo, through a bastion that is connected to once", async () => {
  await withAgent("agent-1");
  const { changes } = await workspace.up();
  expect(changes).toMatchObject({ "SwarmHost app-1": "create", "SwarmNode app-1": "create" });
  expect(await hosts.sh("host-1", "docker node ls --format '{{.Hostname}} {{.Status}}' | sort")).toBe(
    "host-1 Ready\nhost-2 Ready",
  );
  for (const name of NODES)
    expect(new Set(await logins(name))).toEqual(new Set([`publickey for admin from ${bastion.address}`]));
  expect(await logins("bastion")).toHaveLength(1);
});

test("another session's agent is no change", async () => {
  agents.splice(0).forEach((agent) => agent.stop());
  await withAgent("agent-2");
  expect((await workspace.up("--refresh")).changes).toEqual({});
});

test("an encrypted private key with its passphrase instead of the agent", async () => {
  delete workspace.env.SSH_AUTH_SOCK;
  const pair = keyPair({
    passphrase: PASSPHRASE,
    cipher: "aes256-ctr",
    rounds: 16,
  });
  for (const name of NODES) await hosts.authorize(name, "admin", pair.public);
  const identityFile = path.join(workspace.folder, "id_bastion");
  writeFileSync(identityFile, hosts.userKey.private, { mode: 0o600 });
  await workspace.configureSecret("sshPrivateKey", pair.private);
  await workspace.configureSecret("sshPrivateKeyPassword", PASSPHRASE);
  workspace.configure({ ssh: { defaults: behind({ identityFile }), time: { servers } } });
  await expectNothingButConnections();
});

test("a password instead of a key", async () => {
  for (const name of NODES) await hosts.setPassword(name, "admin", PASSWORD);
  workspace.configure({ sshPrivateKey: undefined, sshPrivateKeyPassword: undefined });
  await workspace.configureSecret("sshPassword", PASSWORD);
  await expectNothingButConnections();
  for (const name of NODES)
    expect((await logins(name)).at(-1)).toBe(`password for admin from ${bastion.address}`);
});

test("an application of another project is told where the manager is, and logs in by itself", async () => {
  const { cluster } = await workspace.outputs<{ cluster: object }>();
  expect(JSON.stringify(cluster)).toMatch(/"hostKey":"ssh-ed25519 /);
  expect(JSON.stringify(cluster)).not.toContain(PASSWORD);
  const login = { identityFile: path.join(workspace.folder, "id_bastion") };
  application = await Application.create("shop", workspace, { login });
  expect((await application.up()).changes).toMatchObject({ "Secret token": "create" });
  expect((await logins("host-1")).at(-1)).toBe(`publickey for admin from ${bastion.address}`);
  expect(await hosts.sh("host-1", "docker secret ls --format '{{.Name}}'")).toMatch(/^token-[0-9a-f]{10}$/);
});

test("after a destroy the machines are as they were, and an application is destroyed all the same", async () => {
  await workspace.destroy();
  for (const name of NODES) expect(await tracesOn(hosts, name)).toEqual([]);
  expect((await application.destroy()).text).toMatch(/the secret token-\w+ went with its swarm/);
});

/** A login is no part of what a machine is: what it was given anew is recorded, and works. */
async function expectNothingButConnections(): Promise<void> {
  const before = await Promise.all(NODES.map((name) => logins(name)));
  const { changes } = await workspace.up();
  expect(changes).toMatchObject({ "SwarmHost app-1": "update" });
  expect(new Set(Object.values(changes))).toEqual(new Set(["update"]));
  expect((await workspace.refresh()).changes).toEqual({});
  expect((await workspace.up()).changes).toEqual({});
  const after = await Promise.all(NODES.map((name) => logins(name)));
  after.forEach((seen, index) => expect(seen.length).toBeGreaterThan(before[index].length));
}
