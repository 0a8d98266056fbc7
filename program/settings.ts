import * as pulumi from "../resources/pulumi";
import type { AfterJoinCommand } from "../components/after-join";
import type { ManagersArgs, NodePoolArgs } from "../components/cluster-args";
import { keysOf } from "../schema/package-schema";
import type { PoolVolume } from "../schema/pool-volume";
import type { Availability, DisruptionBudget, SwarmSettings } from "../schema/swarm";
import type { LocalImage, LocalPort } from "../platforms/local/args";
import type { SshHostArgs, SshPlatformArgs } from "../platforms/ssh/args";
import { unknownKeys } from "../validation/unknown-keys";
import { show, type Problem } from "../validation/problem";
import { checkRegistrySettings, readRegistries, type Registries } from "./registries";
import { checkApplications, readApplications, type Applications } from "./applications";

/** The configuration of this project (Pulumi.yaml documents each key), read but not yet judged. */
export interface Settings {
  platform: string;
  cluster: string;
  managers: ManagersArgs;
  rebalance: boolean;
  allowEvenManagers: boolean;
  /** Take over a swarm that somebody else has made. */
  adopt: boolean;
  applications: Applications;
  registries: Registries;
  workers: NodePoolArgs[];
  swarm: SwarmSettings;
  disruption?: DisruptionBudget;
  /** @default the platform's own */
  protectVolumes?: boolean;
  subnet?: string;
  nodeImage?: string;
  images: LocalImage[];
  ports: LocalPort[];
  /** Settings of the SSH platform, without its hosts. */
  ssh: Omit<SshPlatformArgs, "hosts">;
  hosts: SshHostArgs[];
  /** File with more hosts. */
  inventory?: string;
  sshPassword?: pulumi.Output<string>;
  sshPrivateKey?: pulumi.Output<string>;
  sshPrivateKeyPassword?: pulumi.Output<string>;
  demo: boolean;
  demoReplicas: number;
  demoPort: number;
  demoGreeting: string;
  demoPassword?: pulumi.Output<string>;
}

const KEYS = [
  "adopt",
  "managerAfterJoin",
  "managerNodeAfterJoin",
  "networks",
  "configs",
  "secrets",
  "stacks",
  "services",
  "jobs",
  "registries",
  "platform",
  "cluster",
  "managers",
  "managerLabels",
  "managerAvailability",
  "managerNames",
  "managerNodeLabels",
  "managerNodeAvailability",
  "managerMachine",
  "managerVolumes",
  "exclusiveLabels",
  "disruption",
  "rebalance",
  "protectVolumes",
  "allowEvenManagers",
  "workers",
  "swarm",
  "addressPools",
  "subnet",
  "nodeImage",
  "images",
  "ports",
  "ssh",
  "hosts",
  "inventory",
  "sshPassword",
  "sshPrivateKey",
  "sshPrivateKeyPassword",
  "demo",
  "demoReplicas",
  "demoPort",
  "demoGreeting",
  "demoPassword",
];

const PLATFORMS = ["local", "ssh"];
const MOST_REPLICAS = 1000;
const DEFAULT_GREETING = "Hello from a swarm that Pulumi made.";

export function readSettings(config = new pulumi.Config()): Settings {
  const addressPools = config.getObject<string[]>("addressPools") ?? [];
  const managerNames = config.getObject<string[]>("managerNames") ?? [];
  const exclusiveLabels = config.getBoolean("exclusiveLabels") ?? false;
  return {
    platform: config.get("platform") ?? "local",
    cluster: config.get("cluster") || pulumi.getStack(),
    managers: {
      ...(managerNames.length > 0 ? { names: managerNames } : { count: config.getNumber("managers") ?? 3 }),
      labels: config.getObject<Record<string, string>>("managerLabels"),
      nodeLabels: config.getObject<Record<string, Record<string, string>>>("managerNodeLabels"),
      availability: config.get<Availability>("managerAvailability"),
      nodeAvailability: config.getObject<Record<string, Availability>>("managerNodeAvailability"),
      exclusiveLabels,
      afterJoin: config.getObject<AfterJoinCommand[]>("managerAfterJoin"),
      nodeAfterJoin: config.getObject<Record<string, AfterJoinCommand[]>>("managerNodeAfterJoin"),
      machine: config.getObject("managerMachine"),
      volumes: config.getObject<PoolVolume[]>("managerVolumes"),
    },
    rebalance: config.getBoolean("rebalance") ?? false,
    allowEvenManagers: config.getBoolean("allowEvenManagers") ?? false,
    adopt: config.getBoolean("adopt") ?? false,
    applications: readApplications(config, pulumi.allConfig()),
    registries: readRegistries(config, pulumi.allConfig()),
    workers: (config.getObject<NodePoolArgs[]>("workers") ?? []).map((pool) => ({
      ...pool,
      exclusiveLabels,
    })),
    disruption: config.getObject<DisruptionBudget>("disruption"),
    protectVolumes: config.get("protectVolumes") ? config.getBoolean("protectVolumes") : undefined,
    swarm: {
      ...config.getObject<SwarmSettings>("swarm"),
      defaultAddrPool: addressPools.length > 0 ? addressPools : undefined,
    },
    subnet: config.get("subnet") || undefined,
    nodeImage: config.get("nodeImage") || undefined,
    images: config.getObject<LocalImage[]>("images") ?? [],
    ports: config.getObject<LocalPort[]>("ports") ?? [],
    ssh: config.getObject<Settings["ssh"]>("ssh") ?? {},
    hosts: config.getObject<SshHostArgs[]>("hosts") ?? [],
    inventory: config.get("inventory") || undefined,
    sshPassword: config.getSecret("sshPassword"),
    sshPrivateKey: config.getSecret("sshPrivateKey"),
    sshPrivateKeyPassword: config.getSecret("sshPrivateKeyPassword"),
    demo: config.getBoolean("demo") ?? false,
    demoReplicas: config.getNumber("demoReplicas") ?? 4,
    demoPort: config.getNumber("demoPort") ?? 8080,
    demoGreeting: config.get("demoGreeting") ?? DEFAULT_GREETING,
    demoPassword: config.getSecret("demoPassword"),
  };
}

/** Keys that nobody reads are mistyped ones. */
export function checkSettings(
  settings: Settings,
  allConfig: Record<string, string>,
  project: string,
): Problem[] {
  const keys = Object.keys(allConfig)
    .filter((key) => key.startsWith(`${project}:`))
    .map((key) => key.slice(project.length + 1));
  const { defaultAddrPool: _addressPools, ...swarm } = settings.swarm;
  const problems = [
    ...unknownKeys("", Object.fromEntries(keys.map((key) => [key, true])), KEYS),
    ...settings.workers.flatMap(({ exclusiveLabels: _all, ...pool }, index) =>
      unknownKeys(`workers[${index}]`, pool, keysOf("NodePoolArgs")),
    ),
    ...unknownKeys("swarm", swarm, keysOf("SwarmSettings", "defaultAddrPool")),
    ...unknownKeys("ssh", settings.ssh, keysOf("SshPlatformArgs", "hosts")),
  ];
  problems.push(...checkApplications(settings.applications), ...checkRegistrySettings(settings.registries));
  if (!PLATFORMS.includes(settings.platform)) {
    problems.push({
      where: "platform",
      text: `${show(settings.platform)} is no platform. Use ${PLATFORMS.map(show).join(" or ")}.`,
    });
  }
  const { demo, demoReplicas, demoPort } = settings;
  if (demo && !isWithin(demoReplicas, 0, MOST_REPLICAS)) {
    problems.push({
      where: "demoReplicas",
      text: `${demoReplicas} is not a number of replicas from 0 to ${MOST_REPLICAS}.`,
    });
  }
  if (demo && !isWithin(demoPort, 1, 65_535)) {
    problems.push({ where: "demoPort", text: `${demoPort} is not a port from 1 to 65535.` });
  }
  return problems;
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
