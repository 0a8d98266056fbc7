import * as pulumi from "./resources/pulumi";
import { SwarmCluster } from "pulumi-swarm";
import { report } from "./components/program-checks";
import { deployApplications, deployedServices, jobLogs as logsOfJobs } from "./program/applications";
import { deployDemo } from "./program/demo";
import { platformFrom } from "./program/chosen-platform";
import { checkSettings, readSettings } from "./program/settings";

const settings = readSettings();
report("Configuration", checkSettings(settings, pulumi.allConfig(), pulumi.getProject()));

const cluster = new SwarmCluster(settings.cluster, {
  platform: platformFrom(settings),
  managers: settings.managers,
  workers: settings.workers,
  swarm: settings.swarm,
  disruption: settings.disruption,
  rebalance: settings.rebalance,
  protectVolumes: settings.protectVolumes,
  allowEvenManagers: settings.allowEvenManagers,
  adopt: settings.adopt,
  registries: settings.registries.registries,
});
const deployed = deployApplications(cluster, settings.applications);
const demo = settings.demo ? deployDemo(cluster, settings) : undefined;

const { exported } = cluster;
/** What programs of other projects need to put their own on the cluster: `ExistingCluster.fromStack`. */
export { exported as cluster };
/** Cluster ID of the swarm. */
export const clusterId = cluster.clusterId;
/** The managers with name, node ID and address. */
export const managers = cluster.managers;
/** The workers with name, node ID and address. */
export const workers = cluster.workers;
/** The swarm for any other tool, as in DOCKER_HOST. */
export const dockerHost = cluster.dockerHost;
/** The services of each stack, and each service, with replicas and ports. */
export const services = deployedServices(deployed);
/** What each job has printed last. */
export const jobLogs = logsOfJobs(deployed);
/** Where the demo's page answers. */
export const demoUrls = demo ? demo.urls : [];
