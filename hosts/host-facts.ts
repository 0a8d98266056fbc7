import type { DaemonFiles } from "./daemon-settings";

/** What a machine said of itself. */
export interface HostFacts {
  /** ID of /etc/os-release. */
  os: string;
  /** VERSION_ID of /etc/os-release; empty where there is none. */
  osVersion: string;
  /** PRETTY_NAME of /etc/os-release. */
  system: string;
  /** As `uname -m` says it. */
  arch: string;
  kernel: string;
  hostname: string;
  /** Of the user that the scripts run as. */
  uid: number;
  memoryMiB: number;
  /** Free below /var/lib. */
  diskMiB: number;
  /** Whether it is a container: clock and kernel modules are its host's. */
  container: boolean;
  /** The identity that was given to it; empty before its first setup. */
  machine: string;
  /** Whose it is: "project p, stack s, cluster c"; empty before its first setup. */
  owner: string;
  /** Identity of the cluster that it belongs to; empty before its first setup, or where that was before there was one. */
  identity: string;
  /** Version of its Docker Engine; empty where none answers. */
  engine: string;
  daemon: DaemonFiles;
  /** Its clock less this machine's, milliseconds, right to half the time the question took. */
  offsetMs: number;
}

/** @param told - what `facts` of facts.sh printed */
export function factsFrom(told: Readonly<Record<string, string>>): HostFacts {
  const text = (name: string) => told[name] ?? "";
  const decoded = (name: string) => Buffer.from(text(name), "base64").toString();
  return {
    os: text("os"),
    osVersion: text("osVersion"),
    system: text("system"),
    arch: text("arch"),
    kernel: text("kernel"),
    hostname: text("hostname"),
    uid: Number(text("uid")),
    memoryMiB: Number(text("memoryMiB")),
    diskMiB: Number(text("diskMiB")),
    container: text("container") === "yes",
    machine: text("machine"),
    owner: text("owner"),
    identity: text("identity"),
    engine: text("engine"),
    daemon: {
      present: decoded("daemonSettings"),
      before: decoded("daemonBefore"),
      keys: text("daemonKeys").split(" ").filter(Boolean),
    },
    offsetMs: Number(text("clock")) * 1000 - Date.now(),
  };
}
