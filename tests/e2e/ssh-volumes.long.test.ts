import { writeFileSync } from "node:fs";
import path from "node:path";
import { expectSuccess } from "./harness/run";
import { SshCluster } from "./harness/ssh-cluster";
import { appImage, APP_IMAGE } from "./harness/app-image";
import { docker } from "./harness/docker";

jest.setTimeout(600_000);

/** A manager and a worker over SSH, reached by a user with sudo; the worker's volume lies in a folder of its host. */
let cluster: SshCluster;
let file: string;

const SUDO = { user: "admin", sudo: true };
const COMPOSE = `
services:
  db:
    image: ${APP_IMAGE}
    command: ["sh", "-c", "hostname >> /data/rows; exec sleep 100000"]
    init: true
    stop_grace_period: 1s
    volumes: ["pgdata:/data", "plain:/plain"]
    deploy: { placement: { constraints: ["node.labels.pgdata==yes"] }, update_config: { monitor: "1s" } }
volumes:
  pgdata: { external: true }
  plain:
`;
const pool = (volumes: object[]) => [{ name: "app", count: 1, labels: { pgdata: "yes" }, volumes }];

beforeAll(async () => {
  await appImage();
  cluster = await SshCluster.create("ready", { managers: 1, workers: 1 });
  const { workspace, hosts } = cluster;
  const compose = path.join(workspace.folder, "shop.yml");
  file = path.join(workspace.folder, "pgdata.tar.gz");
  writeFileSync(compose, COMPOSE);
  // What is there already keeps its owner and mode.
  await onWorker(
    "mkdir -p /srv/pgdata && chown 70:71 /srv/pgdata && chmod 0750 /srv/pgdata && echo before > /srv/pgdata/rows",
  );
  workspace.configure({
    hosts: hosts.inventory(SUDO),
    workers: pool([{ name: "pgdata", path: "/srv/pgdata" }]),
  });
  await workspace.up();
  await load();
  workspace.configure({ stacks: { shop: { composeFiles: compose, resolveImage: "never" } } });
  await workspace.up();
});
afterAll(() => cluster?.remove());

const onWorker = (script: string) => cluster.hosts.sh("host-2", script);
const volumes = (...args: string[]) => cluster.workspace.swarm("volumes", ...args);

/** The image of the tasks, in each host's engine. */
async function load(): Promise<void> {
  const image = path.join(cluster.workspace.folder, "image.tar");
  await docker("save", "--output", image, APP_IMAGE);
  for (const { name, container } of cluster.hosts.hosts) {
    await docker("cp", image, `${container}:/image.tar`);
    await cluster.hosts.sh(name, "docker load --quiet --input /image.tar");
  }
}

test("a task on a worker is looked at, read and entered through that host's own login", async () => {
  const { workspace } = cluster;
  const given = ["exec", "db", "-i", "--", "sh", "-c", "cat; hostname >&2; exit 7"];
  const { stdout, stderr, code } = await workspace.swarmGiven("from here\n", ...given);
  expect([stdout, stderr, code]).toEqual(["from here\n", expect.stringMatching(/^[0-9a-f]{12}\n$/), 7]);
  expect(expectSuccess(await workspace.swarm("ps", "shop")).stdout).toMatch(/^shop_db\.1 +app-1 /m);
  expect(expectSuccess(await workspace.swarm("logs", "db")).stderr).toBe("No lines of shop_db.\n");
});

test("a folder of the host is the volume, with the files, the owner and the mode that it had", async () => {
  expect(await onWorker("stat -c '%u:%g %a' /srv/pgdata && head -1 /srv/pgdata/rows")).toBe(
    "70:71 750\nbefore",
  );
  const { stdout } = expectSuccess(await volumes());
  expect(stdout).toMatch(/\napp-1 +pgdata +shop_db +1 running task +\/srv\/pgdata\n/);
});

test("volumes are backed up and restored over SSH, the one in a folder of the host and the engine's own", async () => {
  await onWorker("echo kept > /srv/pgdata/more && chown 5:6 /srv/pgdata/more");
  for (const volume of ["pgdata", "shop_plain"])
    expectSuccess(await volumes("backup", "app-1", volume, `${file}.${volume}`));
  const busy = await volumes("restore", `${file}.pgdata`, "app-1", "pgdata", "--force");
  expect(busy.stderr).toContain("Volume pgdata on app-1 is in use: shop_db.");
  expectSuccess(await cluster.workspace.swarm("docker", "service", "scale", "--detach", "shop_db=0"));
  await onWorker(
    'while [ -n "$(docker ps --quiet)" ]; do sleep 0.2; done; echo lost > /srv/pgdata/rows; touch /srv/pgdata/other',
  );
  expect((await volumes("restore", `${file}.pgdata`, "app-1", "pgdata")).stderr).toContain("is not empty");
  expectSuccess(await volumes("restore", `${file}.pgdata`, "app-1", "pgdata", "--force"));
  expect(
    await onWorker("cd /srv/pgdata && ls -A && head -1 rows && stat -c '%u:%g %a' . && stat -c %u:%g more"),
  ).toBe("more\nrows\nbefore\n70:71 750\n5:6");
  // To another machine, whose engine makes the volume.
  expectSuccess(await volumes("restore", `${file}.shop_plain`, "manager-1", "shop_plain"));
  await cluster.workspace.up("--refresh");
});

test("an engine that has lost all its volumes has the files again", async () => {
  expectSuccess(await cluster.workspace.swarm("docker", "service", "scale", "--detach", "shop_db=0"));
  await onWorker(
    'while [ -n "$(docker ps --quiet)" ]; do sleep 0.2; done; docker container prune --force; docker volume rm pgdata',
  );
  await cluster.workspace.up("--refresh");
  expect(await onWorker("docker exec $(docker ps --quiet --filter name=shop_db) head -1 /data/rows")).toBe(
    "before",
  );
});

test("a volume that is taken out of the pool leaves its files, and says where; so does the end of the cluster", async () => {
  const { workspace } = cluster;
  workspace.configure({ workers: pool([{ name: "pgdata", path: "/srv/other" }]) });
  const refused = await workspace.tryUp();
  expect(refused.text).toContain("the volume pgdata has its files in /srv/pgdata, and a container uses it.");
  workspace.configure({ stacks: undefined, workers: pool([{ name: "pgdata", path: "/srv/pgdata" }]) });
  await workspace.up();
  workspace.configure({ workers: pool([{ name: "pgdata", path: "/srv/other" }]) });
  const moved = await workspace.up();
  expect(moved.text).toContain("the files of its volume pgdata stay in /srv/pgdata.");
  expect(await onWorker("docker volume inspect --format '{{.Options.device}}' pgdata")).toBe("/srv/other");
  const { text } = await workspace.destroy();
  expect(text).toContain("the files of its volume pgdata stay in /srv/other.");
  expect(await onWorker("docker volume ls --quiet --filter name=pgdata; head -1 /srv/pgdata/rows")).toBe(
    "before",
  );
});
