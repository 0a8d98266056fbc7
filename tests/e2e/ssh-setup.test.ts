import { SshCluster } from "./harness/ssh-cluster";

jest.setTimeout(600_000);

let cluster: SshCluster;
let before: string;

const INSTALLED = "dpkg-query -W -f '${Package}\\n' | sort";

beforeAll(async () => {
  cluster = await SshCluster.create("bare", {}, { purge: true });
  before = await cluster.hosts.sh("host-1", INSTALLED);
});
afterAll(() => cluster?.remove());

test("up", async () => {
  const { workspace, hosts } = cluster;
  console.log((await workspace.tryPreview()).stdout);
  const { text, changes } = await workspace.up();
  console.log(text, changes);
  console.log((await workspace.up()).text);
  console.log(await hosts.sh("host-1", "cat /var/lib/pulumi-swarm/installed; docker node ls; nft list ruleset"));
  console.log((await workspace.destroy()).text);
  const after = await hosts.sh("host-1", INSTALLED);
  const had = new Set(before.split("\n"));
  console.log("LEFT", after.split("\n").filter((name) => !had.has(name)), "GONE", before.split("\n").filter((name) => !after.split("\n").includes(name)));
  console.log(await hosts.sh("host-1", "nft list ruleset; ls -la /etc/docker /var/lib/docker /var/lib/pulumi-swarm /etc/pulumi-swarm /etc/sysctl.d; ls /var/lib"));
});
