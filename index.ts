import * as pulumi from "./resources/pulumi";
import { SwarmCluster } from "pulumi-swarm";
import { report } from "./components/program-checks";
import { deployDemo } from "./program/demo";
import { platformFrom } from "./program/platform";
import { checkSettings, readSettings } from "./program/settings";

const settings = readSettings();
report("Configuration", checkSettings(settings, pulumi.allConfig(), pulumi.getProject()));

const cluster = new SwarmCluster(settings.cluster, {
  platform: platformFrom(settings),
  managers: settings.managers,
  workers: settings.workers,
  swarm: settings.swarm,
  disruption: settings.disruption,
  allowEvenManagers: settings.allowEvenManagers,
});
const demo = settings.demo ? deployDemo(cluster, settings) : undefined;

/** Cluster ID of the swarm. */
export const clusterId = cluster.clusterId;
/** The managers with name, node ID and address. */
export const managers = cluster.managers;
/** The workers with name, node ID and address. */
export const workers = cluster.workers;
/** Where the demo's page answers. */
export const demoUrls = demo ? demo.urls : [];
