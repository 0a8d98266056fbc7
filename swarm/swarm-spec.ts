import { isDeepStrictEqual } from "node:util";
import type { SwarmSettings } from "../schema/swarm";
import { formatDuration, parseDuration } from "../validation/duration";
import type { SwarmInspect, SwarmSpec } from "../docker/api/swarm";

const NS_PER_MS = 1_000_000;

/** What the engine takes where nobody says. It does not always tell. */
export const STANDARD_POOLS = ["10.0.0.0/8"];
export const STANDARD_SUBNET_SIZE = 24;
const STANDARD_DATA_PATH_PORT = 4789;

/**
 * Settings that can change while the swarm lives: how each is read from and written into the engine's spec.
 * The engine leaves a zero out of its answer.
 */
interface Lens<K extends keyof SwarmSettings> {
  read(spec: SwarmSpec): SwarmSettings[K];
  write(spec: SwarmSpec, value: NonNullable<SwarmSettings[K]>): void;
  /** The engine's own default, written when a setting is taken out of the program. */
  standard: NonNullable<SwarmSettings[K]>;
}

type Updatable =
  | "taskHistoryRetentionLimit"
  | "snapshotInterval"
  | "keepOldSnapshots"
  | "logEntriesForSlowFollowers"
  | "dispatcherHeartbeatPeriod"
  | "nodeCertExpiry"
  | "autoLockManagers"
  | "caForceRotate";

const LENSES: { readonly [K in Updatable]: Lens<K> } = {
  taskHistoryRetentionLimit: {
    read: (spec) => spec.Orchestration.TaskHistoryRetentionLimit,
    write: (spec, value) => (spec.Orchestration.TaskHistoryRetentionLimit = value),
    standard: 5,
  },
  snapshotInterval: {
    read: (spec) => spec.Raft.SnapshotInterval ?? 0,
    write: (spec, value) => (spec.Raft.SnapshotInterval = value),
    standard: 10_000,
  },
  keepOldSnapshots: {
    read: (spec) => spec.Raft.KeepOldSnapshots ?? 0,
    write: (spec, value) => (spec.Raft.KeepOldSnapshots = value),
    standard: 0,
  },
  logEntriesForSlowFollowers: {
    read: (spec) => spec.Raft.LogEntriesForSlowFollowers ?? 0,
    write: (spec, value) => (spec.Raft.LogEntriesForSlowFollowers = value),
    standard: 500,
  },
  dispatcherHeartbeatPeriod: {
    read: (spec) => formatNs(spec.Dispatcher.HeartbeatPeriod),
    write: (spec, value) => (spec.Dispatcher.HeartbeatPeriod = toNs(value)),
    standard: "5s",
  },
  nodeCertExpiry: {
    read: (spec) => formatNs(spec.CAConfig.NodeCertExpiry),
    write: (spec, value) => (spec.CAConfig.NodeCertExpiry = toNs(value)),
    standard: "2160h",
  },
  autoLockManagers: {
    read: (spec) => spec.EncryptionConfig.AutoLockManagers,
    write: (spec, value) => (spec.EncryptionConfig = { AutoLockManagers: value }),
    standard: false,
  },
  caForceRotate: {
    read: (spec) => spec.CAConfig.ForceRotate ?? 0,
    write: (spec, value) => (spec.CAConfig.ForceRotate = value),
    standard: 0,
  },
};

const UPDATABLE = Object.keys(LENSES) as Updatable[];

/** Writes settings into a spec in place. What is in `before` and not in `now` returns to the engine's default. */
export function applySettings(spec: SwarmSpec, now: SwarmSettings, before: SwarmSettings = {}): SwarmSpec {
  for (const name of UPDATABLE) {
    const lens = LENSES[name] as Lens<Updatable>;
    if (now[name] !== undefined) lens.write(spec, now[name]);
    else if (before[name] !== undefined) lens.write(spec, lens.standard);
  }
  return spec;
}

/** The settings among `wanted` as the swarm has them now; equal durations keep the text that the user wrote. */
export function actualSettings(spec: SwarmSpec, wanted: SwarmSettings): SwarmSettings {
  const actual: Record<string, unknown> = {};
  for (const name of UPDATABLE) {
    if (wanted[name] === undefined) continue;
    const value = (LENSES[name] as Lens<Updatable>).read(spec);
    actual[name] = sameDuration(value, wanted[name]) ? wanted[name] : value;
  }
  return actual;
}

/** The settings of a swarm that are not the engine's own. */
export function unusualSettings({
  Spec,
  DefaultAddrPool,
  SubnetSize,
  DataPathPort,
}: Pick<SwarmInspect, "Spec" | "DefaultAddrPool" | "SubnetSize" | "DataPathPort">): SwarmSettings {
  const settings: Record<string, unknown> = {};
  // How often the root CA was rotated is a count, and nothing to be kept.
  for (const name of UPDATABLE.filter((one) => one !== "caForceRotate")) {
    const lens = LENSES[name] as Lens<Updatable>;
    const value = lens.read(Spec);
    const isStandard = value === lens.standard || sameDuration(value, lens.standard);
    if (value !== undefined && !isStandard) settings[name] = value;
  }
  const pools = DefaultAddrPool ?? STANDARD_POOLS;
  return {
    ...(isDeepStrictEqual(pools, STANDARD_POOLS) ? {} : { defaultAddrPool: pools }),
    ...(SubnetSize && SubnetSize !== STANDARD_SUBNET_SIZE ? { subnetSize: SubnetSize } : {}),
    ...(DataPathPort && DataPathPort !== STANDARD_DATA_PATH_PORT ? { dataPathPort: DataPathPort } : {}),
    ...settings,
  };
}

/** An empty spec for init: the engine fills what is not set with its defaults there (and only there). */
export function emptySpec(labels: Record<string, string>): SwarmSpec {
  return {
    Name: "default",
    Labels: labels,
    Orchestration: {},
    Raft: { ElectionTick: 0, HeartbeatTick: 0 },
    Dispatcher: {},
    CAConfig: {},
    EncryptionConfig: { AutoLockManagers: false },
    TaskDefaults: {},
  };
}

function sameDuration(a: unknown, b: unknown): boolean {
  return typeof a === "string" && typeof b === "string" && parseDuration(a) === parseDuration(b);
}

function toNs(text: string): number {
  return (parseDuration(text) ?? 0) * NS_PER_MS;
}

function formatNs(ns: number | undefined): string | undefined {
  return ns === undefined ? undefined : formatDuration(ns / NS_PER_MS);
}
