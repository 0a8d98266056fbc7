import { SshCluster } from "./harness/ssh-cluster";

jest.setTimeout(300_000);

const NONE = { managers: 1, workers: 0 };
let cluster: SshCluster;

const sh = (script: string) => cluster.hosts.sh("host-1", script);
const daemon = (text: string) => `mkdir -p /etc/docker && printf '%s' '${text}' > /etc/docker/daemon.json`;

beforeAll(async () => {
  cluster = await SshCluster.create("bare", NONE);
});
afterAll(() => cluster?.remove());

test.each([
  {
    what: "a system that nobody knows",
    made: `cp /etc/os-release /root/ && sed -i 's/^ID=.*/ID=alpine/; s/^PRETTY_NAME=.*/PRETTY_NAME="Alpine Linux v3.20"/' /etc/os-release`,
    undone: "cat /root/os-release > /etc/os-release",
    says: /its system is Alpine Linux v3\.20\. Supported: Debian 12, 13; .*Ubuntu/,
  },
  {
    what: "too little memory",
    made: "sed 's/^MemTotal:.*/MemTotal: 400000 kB/' /proc/meminfo > /root/meminfo && mount --bind /root/meminfo /proc/meminfo",
    undone: "umount /proc/meminfo",
    says: /it has 390 MiB of memory\. A node needs 512 MiB at least\./,
  },
  {
    what: "a machine of another cluster",
    made: "mkdir -p /var/lib/pulumi-swarm && echo 'project shop, stack prod, cluster main' > /var/lib/pulumi-swarm/owner",
    undone: "rm -r /var/lib/pulumi-swarm",
    says: /it is a machine of project shop, stack prod, cluster main, and this is project pulumi-swarm, .*rm -r \/var\/lib\/pulumi-swarm/,
  },
  {
    what: "settings of the engine that are no JSON",
    made: daemon('{"debug": tru'),
    undone: "rm -r /etc/docker",
    says: /its \/etc\/docker\/daemon\.json is no JSON \(.*\)\. Correct it there\./,
  },
  {
    what: "live-restore",
    made: daemon('{"live-restore": true}'),
    undone: "rm -r /etc/docker",
    says: /its \/etc\/docker\/daemon\.json has "live-restore": true, .*refuses swarm mode\. Give daemon: \{"live-restore": false\}/,
  },
])("$what: told, and nothing is touched", async ({ made, undone, says }) => {
  await sh(made);
  const { code, text } = await cluster.workspace.tryUp();
  await sh(undone);
  expect(code).not.toBe(0);
  expect(text).toMatch(says);
  expect(
    await sh("command -v dockerd chronyd; ls /etc/pulumi-swarm /var/lib/pulumi-swarm 2>/dev/null; true"),
  ).toBe("");
});

test("an engine of the distribution that is too old: told before it is installed", async () => {
  cluster.configure(NONE, { engine: { minVersion: "99" } });
  const { code, text } = await cluster.workspace.tryUp();
  expect(code).not.toBe(0);
  expect(text).toMatch(
    /packages: Debian GNU\/Linux 13 \(trixie\) has Docker Engine 26\.[^ ]*, and at least 99 is wanted\. Take it from Docker's repository/,
  );
  expect(await sh("command -v dockerd; true")).toBe("");
});

test("a version that the distribution does not have: told with those it has", async () => {
  cluster.configure(NONE, { engine: { version: "19.03" } });
  const { code, text } = await cluster.workspace.tryUp();
  expect(code).not.toBe(0);
  expect(text).toMatch(/no version 19\.03 of docker\.io is in its repositories; they have .*26\./);
  expect(await sh("command -v dockerd; true")).toBe("");
});

test("a preview of a machine that does not answer is a preview with a warning", async () => {
  cluster.configure(NONE);
  await cluster.hosts.lose("host-1");
  const { code, stdout } = await cluster.workspace.tryPreview();
  expect(code).toBe(0);
  expect(stdout).toMatch(/warning: what there is to do on it is not known: .*does not answer on port 22/);
});
