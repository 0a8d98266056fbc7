import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { HandMadeSwarm, IMAGE, type Inventory } from "./harness/hand-made-swarm";
import { LinkedProject } from "./harness/linked-project";
import { expectSuccess } from "./harness/run";
import { Workspace } from "./harness/workspace";

jest.setTimeout(600_000);

const PASSWORD = "a password of that time";

/** What a compose file of some years has: nothing of it may renew a task when the stack changes hands. */
const SHOP = `
services:
  web:
    image: ${IMAGE}
    command: [/bin/sleep, infinity]
    environment: { PRICE: "5$$ each", ANSWER: "yes", EMPTY: "" }
    labels: { tier: front }
    stop_grace_period: 1s
    deploy:
      replicas: 2
      labels: { team: shop }
      update_config: { parallelism: 2, order: stop-first, monitor: 1s }
      restart_policy: { condition: any, delay: 1s }
      resources: { limits: { cpus: "0.5", memory: 64M } }
      placement: { constraints: [node.labels.disk == ssd] }
    ports: ["8080:80", { target: 443, published: 8443, mode: host }]
    networks: { default: {}, front: { aliases: [www] } }
    secrets: [db-password]
    configs: [{ source: greeting, target: /etc/greeting, mode: 0440 }, local]
    volumes: ["data:/data", { type: tmpfs, target: /scratch, tmpfs: { size: 1000000 } }]
    healthcheck: { test: [CMD, /bin/cat, /etc/greeting], interval: 30s }
  agent:
    image: ${IMAGE}
    command: [/bin/sleep, infinity]
    stop_grace_period: 1s
    deploy: { mode: global, endpoint_mode: dnsrr, update_config: { monitor: 1s } }
networks: { front: { external: true } }
volumes: { data: { labels: { keep: "yes" } } }
secrets: { db-password: { external: true } }
configs: { greeting: { external: true }, local: { file: ./local.txt } }
`;

let workspace: Workspace;
let swarm: HandMadeSwarm;
let project: LinkedProject;
let before: Inventory;

beforeAll(async () => {
  workspace = await Workspace.create();
  swarm = await HandMadeSwarm.create(workspace.cluster, 3, 1);
  const { hosts, view } = swarm;
  for (const name of ["host-2", "host-4"])
    await view.docker("node", "update", "--label-add", "disk=ssd", name);
  await view.docker("swarm", "update", "--task-history-limit", "3");
  await view.docker("network", "create", "--driver", "overlay", "--attachable", "front");
  await swarm.given(PASSWORD, "secret", "create", "--label", "team=db", "db-password", "-");
  await swarm.given("Hello\n`$USER`\n", "config", "create", "greeting", "-");
  await hosts.sh(
    "host-1",
    `mkdir /stack && echo local > /stack/local.txt && echo ${Buffer.from(SHOP).toString("base64")} | base64 -d > /stack/shop.yml`,
  );
  await hosts.sh("host-1", "cd /stack && docker stack deploy --compose-file shop.yml shop");
  for (const [service, replicas] of [
    ["shop_web", "2/2"],
    ["shop_agent", "4/4"],
  ])
    await view.untilReplicas(service, replicas);
  before = await swarm.inventory();

  const key = path.join(workspace.folder, "key");
  writeFileSync(key, hosts.userKey.private, { mode: 0o600 });
  project = new LinkedProject(path.join(workspace.folder, "adopted"));
  const [{ address }] = hosts.hosts;
  const where = ["adopt", `ssh://root@${address}`, "--identity-file", key, "--name", workspace.cluster];
  expectSuccess(await workspace.swarm(...where, "--out", project.file("index.ts")));
  await project.compile();
  await workspace.configureSecret("dbPassword", PASSWORD);
});
afterAll(async () => {
  // The machines go as a whole, so nothing has to leave anything.
  await workspace?.pulumi(["stack", "rm", "--force", "--yes", workspace.stack]);
  await swarm?.remove();
  await workspace?.remove();
});

/** Changes the compiled program. */
function rewrite(from: string | RegExp, to: string): void {
  const file = project.file("index.js");
  const text = readFileSync(file, "utf8");
  expect(text).toMatch(from);
  writeFileSync(file, text.replace(from, to));
}

test("without the flag it is refused in the preview, with both owners and the way out", async () => {
  const whole = readFileSync(project.file("index.js"), "utf8");
  rewrite(/adopt: true,/, "");
  const { code, stdout } = await workspace.tryPreview(...project.program);
  writeFileSync(project.file("index.js"), whole);
  expect(code).not.toBe(0);
  expect(stdout).toMatch(
    /host-1 is in swarm \w+ already, which belongs to no project of pulumi-swarm, and this is project pulumi-swarm, stack \S+, cluster \S+\. Set `adopt: true` to take that swarm over/,
  );
});

test("the preview names each object that is taken over, and its ID", async () => {
  const { stdout } = expectSuccess(await workspace.tryPreview(...project.program));
  const idOf = (kind: string, name: string) =>
    before[kind].map((row) => row.split(" ")).find((row) => row[1] === name)?.[0];
  for (const [kind, name] of [
    ["secret", "db-password"],
    ["config", "greeting"],
    ["config", "shop_local"],
    ["network", "front"],
  ])
    expect(stdout).toContain(
      `takes over the ${kind} "${name}" (ID ${idOf(`${kind}s`, name)}), which belongs to no project of pulumi-swarm`,
    );
  expect(stdout).toContain(
    `shop_web (ID ${(await swarm.view.docker("service", "inspect", "--format", "{{.ID}}", "shop_web")).trim()})`,
  );
  expect(stdout).toMatch(
    /takes over swarm \w+ with host-1 \(manager\), host-2 \(manager\), host-3 \(manager\), host-4 \(worker\)/,
  );
  expect(stdout).toContain(`it is a member already (node ID ${idOf("nodes", "host-4")}), and stays one`);
  expect(await swarm.inventory()).toEqual(before);
});

test("the printed program takes it over: no task is renewed, no ID and no token changes, and then there is nothing to do", async () => {
  const { text } = await workspace.up(...project.program);
  expect(text).toMatch(/what the secret "db-password" \(ID \w+\) holds cannot be read, so it is believed/);
  expect(text).not.toContain(PASSWORD);
  expect(await swarm.inventory()).toEqual(before);
  expect((await workspace.up(...project.program)).changes).toEqual({});
  expect(await swarm.inventory()).toEqual(before);
});

test("new content of a secret made by hand: its versions have the hash from then on, and the old one goes", async () => {
  await workspace.configureSecret("dbPassword", "another password");
  await workspace.up(...project.program);
  const { secrets, nodes, configs, networks } = await swarm.inventory();
  expect(secrets.map((row) => row.split(" ")[1])).toEqual([
    expect.stringMatching(/^db-password-[0-9a-f]{10}$/),
  ]);
  expect({ nodes, configs, networks }).toEqual({
    nodes: before.nodes,
    configs: before.configs,
    networks: before.networks,
  });
});
