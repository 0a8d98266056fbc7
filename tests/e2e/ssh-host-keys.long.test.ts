import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { keyPair } from "../key-pair";
import { fingerprintOf } from "../../transport/ssh-host-key";
import { diagnostics, NOISE } from "./fixtures/reading";
import { output } from "./harness/run";
import { SshHosts, type SshHost } from "./harness/ssh-hosts";
import { urnOf, Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

let workspace: Workspace;
let hosts: SshHosts;
let bastion: SshHost;
let settings: Record<string, unknown>;

/** No host key is given anywhere: neither the host's nor the bastion's. */
beforeAll(async () => {
  workspace = await Workspace.create({ platform: "ssh", managers: 1 });
  hosts = await SshHosts.create(workspace.cluster, "ready", 0);
  await hosts.add("host-1", { sshd: ["Port=22", "Port=2222", "LogLevel=VERBOSE"] });
  bastion = await hosts.add("bastion");
  const identityFile = path.join(workspace.folder, "key");
  writeFileSync(identityFile, hosts.userKey.private, { mode: 0o600 });
  const defaults = { identityFile, bastion: { address: bastion.address, identityFile } };
  settings = { defaults, time: { servers: [await hosts.timeServer()] } };
  configure({}, { trustOnFirstUse: true });
});

afterAll(async () => {
  await workspace?.remove();
  await hosts?.remove();
});

function configure(host: Record<string, unknown>, ssh: Record<string, unknown>): void {
  const { name, address } = hosts.host("host-1");
  workspace.configure({ hosts: [{ name, address, ...host }], ssh: { ...settings, ...ssh } });
}

/** The keys that the state has pinned, by address. */
async function pinned(): Promise<Record<string, unknown>> {
  const { resources } = await workspace.exported();
  const keys = resources.filter(({ type }) => type === "swarm:index:SshHostKey");
  return Object.fromEntries(keys.map(({ outputs = {} }) => [outputs.host as string, outputs.hostKey]));
}

const lineOf = (key: string) => key.split(" ").slice(0, 2).join(" ");
const fingerprint = (line: string) => fingerprintOf(Buffer.from(line.split(" ")[1], "base64"));

test("what host and bastion present first is pinned in the state, and stays pinned", async () => {
  await workspace.up();
  const first = await pinned();
  expect(first).toEqual({
    [hosts.host("host-1").address]: lineOf(hosts.host("host-1").hostKey),
    [bastion.address]: lineOf(bastion.hostKey),
  });
  expect((await workspace.up("--refresh")).changes).toEqual({});
});

test("another key later is refused by refresh and up, with both fingerprints, and nothing is done", async () => {
  const { hostKey: old } = hosts.host("host-1");
  const now = await hosts.changeHostKey("host-1");
  const before = await hosts.log("host-1");
  configure({}, { trustOnFirstUse: true, engine: { daemon: { "log-driver": "local" } } });
  for (const failed of [await workspace.tryRefresh("--skip-preview"), await workspace.tryUp()]) {
    expect(failed.code).not.toBe(0);
    const said = diagnostics(failed);
    expect(said).not.toMatch(NOISE);
    expect(said).toContain(
      `presented the ssh-ed25519 host key ${fingerprint(now)}, not the pinned ${fingerprint(old)}`,
    );
    expect(said).toMatch(/`pulumi up --replace URN`/);
  }
  expect((await hosts.log("host-1")).slice(before.length)).not.toContain("Accepted");
  configure({}, { trustOnFirstUse: true });
});

test("`up --replace` of the pinned key accepts the new one, and the node stays in its swarm", async () => {
  const { clusterId } = await workspace.outputs<{ clusterId: string }>();
  const key = await urnOf(workspace, "SshHostKey", `${workspace.cluster}-host-1`);
  const { changes } = await workspace.up("--replace", key);
  expect(changes).toMatchObject({ "SshHostKey host-1": "replace" });
  expect(Object.values(changes).filter((op) => op === "replace")).toHaveLength(1);
  expect(await pinned()).toMatchObject({
    [hosts.host("host-1").address]: lineOf(hosts.host("host-1").hostKey),
  });
  expect((await workspace.outputs<{ clusterId: string }>()).clusterId).toBe(clusterId);
  expect((await workspace.up("--refresh")).changes).toEqual({});
});

test("a known_hosts file with hashed names stands for what was pinned, on another port as well", async () => {
  const file = path.join(workspace.folder, "known_hosts");
  const { address, hostKey } = hosts.host("host-1");
  const stranger = keyPair().public;
  writeFileSync(
    file,
    [
      `${address} ${stranger}`,
      `[${address}]:2222 ${hostKey}`,
      `${bastion.address} ${bastion.hostKey}`,
      "",
    ].join("\n"),
  );
  await output("ssh-keygen", ["-q", "-H", "-f", file]);
  configure({ port: 2222 }, { knownHosts: file });
  const { changes } = await workspace.up();
  expect(changes).toMatchObject({ "SshHostKey host-1": "delete" });
  expect(await pinned()).toEqual({});
  expect((await workspace.up("--refresh")).changes).toEqual({});
  expect(await hosts.log("host-1")).toContain(` on ${address} port 2222`);
});
