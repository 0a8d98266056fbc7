import * as pulumi from "@pulumi/pulumi";
import type { ManagersArgs, NodePoolArgs } from "../components/cluster-args";
import type { Availability, SwarmSettings } from "../contract/swarm";
import type { LocalImage, LocalPort } from "../platforms/local/local-platform";
import { show, type Problem } from "../validation/problem";

/** The configuration of this project (Pulumi.yaml documents each key), read but not yet judged. */
export interface Settings {
  platform: string;
  cluster: string;
  managers: ManagersArgs;
  allowEvenManagers: boolean;
  workers: NodePoolArgs[];
  swarm: SwarmSettings;
  subnet?: string;
  nodeImage?: string;
  images: LocalImage[];
  ports: LocalPort[];
  demo: boolean;
  demoReplicas: number;
  demoPort: number;
  demoGreeting: string;
  demoPassword?: pulumi.Output<string>;
}

const KEYS = [
  "platform",
  "cluster",
  "managers",
  "managerLabels",
  "managerAvailability",
  "allowEvenManagers",
  "workers",
  "swarm",
  "addressPools",
  "subnet",
  "nodeImage",
  "images",
  "ports",
  "demo",
  "demoReplicas",
  "demoPort",
  "demoGreeting",
  "demoPassword",
];

const POOL_KEYS = ["name", "count", "labels", "nodeLabels", "availability"];
const SWARM_KEYS = [
  "subnetSize",
  "dataPathPort",
  "taskHistoryRetentionLimit",
  "snapshotInterval",
  "keepOldSnapshots",
  "logEntriesForSlowFollowers",
  "dispatcherHeartbeatPeriod",
  "nodeCertExpiry",
  "autoLockManagers",
  "caForceRotate",
  "rotateWorkerToken",
  "rotateManagerToken",
  "rotateUnlockKey",
];
const DEFAULT_GREETING = "Hello from a swarm that Pulumi made.";

export function readSettings(config = new pulumi.Config()): Settings {
  const addressPools = config.getObject<string[]>("addressPools") ?? [];
  return {
    platform: config.get("platform") ?? "local",
    cluster: config.get("cluster") || pulumi.getStack(),
    managers: {
      count: config.getNumber("managers") ?? 3,
      labels: config.getObject<Record<string, string>>("managerLabels"),
      availability: config.get<Availability>("managerAvailability"),
    },
    allowEvenManagers: config.getBoolean("allowEvenManagers") ?? false,
    workers: config.getObject<NodePoolArgs[]>("workers") ?? [],
    swarm: { ...config.getObject<SwarmSettings>("swarm"), defaultAddrPool: addressPools.length > 0 ? addressPools : undefined },
    subnet: config.get("subnet") || undefined,
    nodeImage: config.get("nodeImage") || undefined,
    images: config.getObject<LocalImage[]>("images") ?? [],
    ports: config.getObject<LocalPort[]>("ports") ?? [],
    demo: config.getBoolean("demo") ?? false,
    demoReplicas: config.getNumber("demoReplicas") ?? 4,
    demoPort: config.getNumber("demoPort") ?? 8080,
    demoGreeting: config.get("demoGreeting") ?? DEFAULT_GREETING,
    demoPassword: config.getSecret("demoPassword"),
  };
}

/** Keys that nobody reads are mistyped ones. */
export function checkSettings(settings: Settings, allConfig: Record<string, string>, project: string): Problem[] {
  const keys = Object.keys(allConfig)
    .filter((key) => key.startsWith(`${project}:`))
    .map((key) => key.slice(project.length + 1));
  const unknown = (where: string, given: string[], known: string[]): Problem[] =>
    given
      .filter((key) => !known.includes(key))
      .map((key) => ({ where: where + key, text: `is no key of the configuration. Known: ${known.join(", ")}.` }));
  const problems = [
    ...unknown("", keys, KEYS),
    ...settings.workers.flatMap((pool, index) => unknown(`workers[${index}].`, Object.keys(pool), POOL_KEYS)),
    ...unknown("swarm.", Object.keys(settings.swarm).filter((key) => key !== "defaultAddrPool"), SWARM_KEYS),
  ];
  if (settings.platform !== "local") {
    problems.push({ where: "platform", text: `${show(settings.platform)} is no platform. Use "local".` });
  }
  return problems;
}
