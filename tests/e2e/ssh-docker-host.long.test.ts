import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { expectSuccess, printed, run, start } from "./harness/run";
import { SshCluster } from "./harness/ssh-cluster";

const UP_MS = 300_000;
jest.setTimeout(UP_MS);

/** A cluster on hosts over SSH, asked by the plain docker CLI. */
let cluster: SshCluster;
let dockerHost: string;
/** With an `ssh` first in its PATH that knows the hosts and the key; the user's own configuration is the user's. */
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  cluster = await SshCluster.create("ready", { managers: 1, workers: 1 });
  await cluster.workspace.up();
  ({ dockerHost } = await cluster.workspace.outputs<{ dockerHost: string }>());
  env = { ...cluster.workspace.env, PATH: `${sshOfTest()}:${cluster.workspace.env.PATH}` };
}, UP_MS);
afterAll(() => cluster?.remove(), UP_MS);

function sshOfTest(): string {
  const { folder } = cluster.workspace;
  const { address, hostKey } = cluster.hosts.host("host-1");
  writeFileSync(path.join(folder, "known_hosts"), `${address} ${hostKey}\n`);
  const bin = path.join(folder, "bin");
  mkdirSync(bin);
  const options = [
    `-i ${path.join(folder, "key")}`,
    `-o UserKnownHostsFile=${path.join(folder, "known_hosts")}`,
    "-o StrictHostKeyChecking=yes",
  ];
  writeFileSync(path.join(bin, "ssh"), `#!/bin/sh\nexec /usr/bin/ssh -F none ${options.join(" ")} "$@"\n`);
  chmodSync(path.join(bin, "ssh"), 0o755);
  return bin;
}

const NODES = "host-1\nhost-2";

async function nodesAt(host: string): Promise<string> {
  const listed = await run("docker", ["-H", host, "node", "ls", "--format", "{{.Hostname}}"], {
    cwd: projectRoot,
    env,
  });
  return expectSuccess(listed).stdout.trim().split("\n").sort().join("\n");
}

test("`dockerHost` is the manager over SSH, by docker's own way there", async () => {
  const { address } = cluster.hosts.host("host-1");
  expect(dockerHost).toBe(`ssh://root@${address}`);
  expect(await nodesAt(dockerHost)).toBe(NODES);
});

test("`swarm env` prints it", async () => {
  const { stdout } = expectSuccess(await cluster.workspace.swarm("env", "--shell", "sh"));
  expect(stdout).toContain(`export DOCKER_HOST='${dockerHost}'\n`);
});

test("a proxy needs neither an ssh of the user's nor a known host: it logs in as the cluster does", async () => {
  const socket = path.join(cluster.workspace.folder, "proxy.sock");
  const proxy = start(
    process.execPath,
    ["tools/start.js", "cli/main", "--stack", cluster.workspace.stack, "proxy", "--socket", socket],
    { cwd: projectRoot, env: cluster.workspace.env },
  );
  try {
    await printed(proxy, /^export DOCKER_HOST=/m);
    expect(await nodesAt(`unix://${socket}`)).toBe(NODES);
  } finally {
    proxy.child.kill("SIGTERM");
  }
  expect((await proxy.ended).code).toBe(0);
});
