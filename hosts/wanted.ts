import type { HostSettings } from "../schema/ssh";
import { scriptText } from "./script";

/** What a machine shall become. */
export interface WantedHost extends HostSettings {
  /** "project p, stack s, cluster c" */
  owner: string;
  /** Identity of the cluster; empty in a preview of its first update. */
  identity: string;
  /** Identity of the machine that the state lists. @default none: it is not set up yet */
  machine?: string;
  /** The cluster is from before there were identities: its machines are known by its names. @default false */
  older?: boolean;
  /** Addresses of all nodes of the cluster. */
  nodes: readonly string[];
  dataPathPort?: number;
  /** Folders of the files of its volumes, by the volumes' names. @default none */
  volumes?: Record<string, string>;
}

export const DEFAULT_MIN_VERSION = "25";
export const DEFAULT_DATA_PATH_PORT = 4789;
const DEFAULT_TIME_WAIT_S = 60;

/**
 * The variables that the scripts read.
 * @param settings - text that daemon.json shall have, where it has another one
 */
export function variablesOf(wanted: WantedHost, settings = ""): Record<string, string> {
  const { engine, time, firewall } = wanted;
  const yes = (value: boolean | undefined) => (value === false ? "no" : "yes");
  return {
    OWNER: wanted.owner,
    IDENTITY: wanted.identity,
    NODES: [...wanted.nodes].sort().join(" "),
    DATA_PATH_PORT: String(wanted.dataPathPort ?? DEFAULT_DATA_PATH_PORT),
    ENGINE_SOURCE: engine?.source ?? "distribution",
    ENGINE_VERSION: engine?.version ?? "",
    ENGINE_MIN_VERSION: engine?.minVersion ?? DEFAULT_MIN_VERSION,
    DAEMON_SETTINGS: Buffer.from(settings).toString("base64"),
    DAEMON_KEYS: Object.keys(engine?.daemon ?? {}).join(" "),
    TIME: yes(time?.manage),
    TIME_SERVERS: (time?.servers ?? []).join(" "),
    TIME_WAIT: String(time?.timeout ?? DEFAULT_TIME_WAIT_S),
    KERNEL: yes(wanted.kernel),
    FIREWALL: yes(firewall?.manage),
    METADATA: firewall?.blockMetadata === false ? "accept" : "drop",
    FIREWALL_SCRIPT: Buffer.from(scriptText("firewall")).toString("base64"),
    VOLUMES: Object.entries(wanted.volumes ?? {})
      .map(([name, folder]) => `${name} ${folder}`)
      .sort()
      .join("\n"),
    PURGE: wanted.purge ? "yes" : "no",
  };
}
