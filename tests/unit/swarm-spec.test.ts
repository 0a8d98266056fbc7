import type { SwarmSettings } from "../../schema/swarm";
import { actualSettings, applySettings, emptySpec } from "../../swarm/swarm-spec";

const SECOND_NS = 1_000_000_000;

/** Each setting, a value other than the default, and where the engine keeps it. */
const SETTINGS: [keyof SwarmSettings, SwarmSettings[keyof SwarmSettings], string, unknown, unknown][] = [
  ["taskHistoryRetentionLimit", 2, "Orchestration.TaskHistoryRetentionLimit", 2, 5],
  ["snapshotInterval", 7, "Raft.SnapshotInterval", 7, 10_000],
  ["keepOldSnapshots", 3, "Raft.KeepOldSnapshots", 3, 0],
  ["logEntriesForSlowFollowers", 9, "Raft.LogEntriesForSlowFollowers", 9, 500],
  ["dispatcherHeartbeatPeriod", "10s", "Dispatcher.HeartbeatPeriod", 10 * SECOND_NS, 5 * SECOND_NS],
  ["nodeCertExpiry", "30d", "CAConfig.NodeCertExpiry", 720 * 3600 * SECOND_NS, 2160 * 3600 * SECOND_NS],
  ["autoLockManagers", true, "EncryptionConfig.AutoLockManagers", true, false],
  ["caForceRotate", 4, "CAConfig.ForceRotate", 4, 0],
];

describe.each(SETTINGS)("%s", (name, value, path, written, standard) => {
  const settings = { [name]: value } as SwarmSettings;

  test("is written where the engine reads it, and read back as the user wrote it", () => {
    const spec = applySettings(emptySpec({}), settings);
    expect(spec).toHaveProperty(path, written);
    expect(actualSettings(spec, settings)).toEqual(settings);
  });

  test("returns to the engine's default once the program leaves it out", () => {
    const spec = applySettings(emptySpec({}), settings);
    expect(applySettings(spec, {}, settings)).toHaveProperty(path, standard);
  });

  test("changed by hand is seen as drift", () => {
    const spec = applySettings(emptySpec({}), settings);
    applySettings(spec, {}, settings);
    expect(actualSettings(spec, settings)).not.toEqual(settings);
  });
});

test("what the program does not mention is left as it was set by hand", () => {
  const spec = emptySpec({ team: "a" });
  spec.Raft.SnapshotInterval = 77;
  spec.TaskDefaults = { LogDriver: { Name: "syslog" } };
  const before = structuredClone(spec);
  expect(applySettings(spec, {})).toEqual(before);
  expect(actualSettings(spec, {})).toEqual({});
});

test("a zero that the engine leaves out of its answer is no drift", () => {
  const zero: SwarmSettings = { keepOldSnapshots: 0, caForceRotate: 0, logEntriesForSlowFollowers: 0 };
  expect(actualSettings(emptySpec({}), zero)).toEqual(zero);
});

test.each([
  ["5m", "300s"],
  ["30d", "720h"],
  ["1h30m", "90m"],
])("equal durations are no drift: %s and %s", (wanted, sameAs) => {
  const spec = applySettings(emptySpec({}), { nodeCertExpiry: sameAs });
  expect(actualSettings(spec, { nodeCertExpiry: wanted })).toEqual({ nodeCertExpiry: wanted });
});

test("a duration changed by hand is shown in Docker's own units", () => {
  const spec = applySettings(emptySpec({}), { nodeCertExpiry: "48h" });
  expect(actualSettings(spec, { nodeCertExpiry: "30d" })).toEqual({ nodeCertExpiry: "48h" });
});

test("the empty spec leaves everything to the defaults of init and carries the labels", () => {
  expect(emptySpec({ a: "b" })).toMatchObject({
    Name: "default",
    Labels: { a: "b" },
    Orchestration: {},
    Dispatcher: {},
  });
});
