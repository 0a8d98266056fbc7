import { Config, Network, readInventory, Secret, SshPlatform, SwarmCluster } from "pulumi-swarm";

// The same as the playbook beside it makes. The hosts are set up as well, which the playbook leaves out.
const inventory = readInventory(process.env.BENCH_INVENTORY ?? "");
const names = (prefix: string) =>
  inventory.hosts.map(({ name }) => name).filter((name) => name.startsWith(prefix));

const cluster = new SwarmCluster("bench", {
  platform: new SshPlatform(inventory),
  managers: { names: names("manager-"), labels: { tier: "app" } },
  workers: [{ name: "app", names: names("app-"), labels: { tier: "app" } }],
});
new Secret("password", { cluster, data: "hush-hush" });
new Config("settings", { cluster, data: "a=1" });
new Network("backend", { cluster, attachable: true });
