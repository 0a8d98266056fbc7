import * as pulumi from "@pulumi/pulumi";
import { SwarmCluster } from "./library";
import { LocalPlatform } from "./library";
const config = new pulumi.Config();
const cluster = new SwarmCluster("dev", {
  platform: new LocalPlatform(),
  managers: { count: config.getNumber("managers") ?? 3 },
  workers: [{ name: "app", count: 2, labels: { storage: "raid" } }],
});
export const managers = cluster.managers;
export const workers = cluster.workers;
