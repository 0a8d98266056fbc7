import { getProject, getStack } from "@pulumi/pulumi";
import { readInventory, SshPlatform, SwarmCluster } from "pulumi-swarm";

const cluster = new SwarmCluster(`${getProject()}-${getStack()}`, {
  // Host keys as ssh knows them: log in to each machine once, or write its `hostKey` into hosts.yml.
  platform: new SshPlatform({ ...readInventory("hosts.yml"), knownHosts: true }),
  managers: { count: 3 },
  workers: [{ name: "app", count: 2, labels: { tier: "app" } }],
});

export const managers = cluster.managers;
export const workers = cluster.workers;
