import { SshCluster } from "./harness/ssh-cluster";

jest.setTimeout(600_000);

let cluster: SshCluster;
let before: string;

const sh = (script: string) => cluster.hosts.sh("host-1", script);
const packages = () => sh("dpkg-query -W -f '${Package} ${db:Status-Status}\\n'");

beforeAll(async () => {
  cluster = await SshCluster.create("debian12");
  before = await packages();
});
afterAll(() => cluster?.remove());

test("its Docker Engine 20.10 is too old: told with both ways out, before it is installed", async () => {
  const { code, text } = await cluster.workspace.tryUp();
  expect(code).not.toBe(0);
  expect(text).toMatch(
    /packages: Debian GNU\/Linux 12 \(bookworm\) has Docker Engine 20\.10\.[^ ]*, and at least 25 is wanted\. Take it from Docker's repository \(.*\), or accept it \(engine: \{minVersion: "20"\}\)/,
  );
  expect(await sh("command -v dockerd; true")).toBe("");
});

test("accepted, it is set up from a bare machine", async () => {
  const { workspace } = cluster;
  cluster.configure({}, { engine: { minVersion: "20" }, purge: true });
  const { text } = await workspace.up();
  expect(text).toMatch(/manager-1: its Docker Engine is 20\.10\..*It was accepted/);
  expect(await sh("docker node ls --format '{{.Hostname}} {{.Status}} {{.EngineVersion}}' | sort")).toMatch(
    /^host-1 Ready 20\.10\.\S+\nhost-2 Ready 20\.10\.\S+$/,
  );
  expect(await sh("nft list table inet pulumi_swarm")).toContain(cluster.hosts.host("host-2").address);
  expect(await sh("chronyc -n tracking")).toMatch(/Leap status *: Normal/);
});

test("again: nothing changes, and nothing has drifted", async () => {
  expect((await cluster.workspace.up()).changes).toEqual({});
  expect((await cluster.workspace.up("--refresh")).changes).toEqual({});
});

test("a destroy that purges takes away what was installed, and nothing else", async () => {
  await cluster.workspace.destroy();
  expect(await packages()).toBe(before);
  expect(await sh("nft list ruleset 2>/dev/null; pgrep -l 'dockerd|containerd|chronyd'; true")).toBe("");
});
