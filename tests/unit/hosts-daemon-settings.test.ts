import {
  daemonSettings,
  daemonWarnings,
  formerSettings,
  type DaemonFiles,
} from "../../hosts/daemon-settings";

const files = (present: object | string, before: object | string = "", ...keys: string[]): DaemonFiles => ({
  present: typeof present === "string" ? present : JSON.stringify(present),
  before: typeof before === "string" ? before : JSON.stringify(before),
  keys,
});
const result = (text: string | undefined) => (text === undefined ? undefined : (JSON.parse(text) as unknown));

test("a machine without settings gets those of the program; nothing is written where there are none", () => {
  expect(result(daemonSettings("n", files(""), { mtu: 1400 }))).toEqual({ mtu: 1400 });
  expect(daemonSettings("n", files(""))).toBeUndefined();
});

test("what the machine has besides stays, and what is right already is not written again", () => {
  expect(result(daemonSettings("n", files({ debug: true, mtu: 1500 }), { mtu: 1400 }))).toEqual({
    debug: true,
    mtu: 1400,
  });
  expect(daemonSettings("n", files({ debug: true, mtu: 1400 }), { mtu: 1400 })).toBeUndefined();
});

test("a setting that the program no longer names is as it was before the first setup", () => {
  const set = files({ debug: true, mtu: 1400, "log-driver": "local" }, { mtu: 1500 }, "mtu", "log-driver");
  expect(result(daemonSettings("n", set, { "log-driver": "local" }))).toEqual({
    debug: true,
    mtu: 1500,
    "log-driver": "local",
  });
  expect(result(daemonSettings("n", set))).toEqual({ debug: true, mtu: 1500 });
  expect(result(formerSettings(set))).toEqual({ debug: true, mtu: 1500 });
});

test("without settings of ours there is nothing to take back, nor where the file cannot be read", () => {
  expect(formerSettings(files({ debug: true }))).toBeUndefined();
  expect(formerSettings(files("{", "", "mtu"))).toBeUndefined();
});

test("live-restore is refused, unless the program turns it off", () => {
  const present = files({ "live-restore": true });
  expect(() => daemonSettings("node-1", present)).toThrow(
    /^node-1: .*"live-restore": true.*refuses swarm mode/,
  );
  expect(result(daemonSettings("n", present, { "live-restore": false }))).toEqual({ "live-restore": false });
});

test("a file that is no JSON is named with the parser's complaint", () => {
  expect(() => daemonSettings("node-1", files("{"))).toThrow(
    /^node-1: its \/etc\/docker\/daemon\.json is no JSON \(.+\)\. Correct it there\.$/,
  );
});

test("logs without end are a warning; a driver that rotates or a limit is none", () => {
  expect(daemonWarnings(files(""))).toEqual([expect.stringContaining('{"log-driver": "local"}')]);
  expect(daemonWarnings(files(""), { "log-driver": "local" })).toEqual([]);
  expect(daemonWarnings(files({ "log-opts": { "max-size": "10m" } }))).toEqual([]);
  expect(daemonWarnings(files({ "log-driver": "journald" }))).toEqual([]);
});
