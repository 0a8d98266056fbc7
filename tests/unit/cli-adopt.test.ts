import { runInNewContext } from "node:vm";
import { Code, comment, literal } from "../../cli/adopt/literal";
import { Identifiers } from "../../cli/adopt/names";
import { programOf } from "../../cli/adopt/program";
import type { FoundNode, FoundSwarm } from "../../cli/adopt/gather-swarm";
import { targetOf } from "../../cli/adopt/target";
import { emptySpec } from "../../swarm/swarm-spec";
import { Session } from "../../foundation/session";

const node = (name: string, role: FoundNode["role"], more: Partial<FoundNode> = {}): FoundNode => ({
  ...{ name, role, id: `id-${name}`, availability: "active", labels: {}, engine: "26.1.5" },
  ...{ address: "192.0.2.1", hostKey: "ssh-ed25519 AAAA" },
  ...more,
});
const base64 = (data: string | Buffer) => Buffer.from(data).toString("base64");
const versioned = { Version: { Index: 1 }, CreatedAt: "" };
const object = (name: string, more: object = {}) => ({
  ID: name,
  ...versioned,
  Spec: { Name: name, Labels: null, ...more },
});

const spec = {
  ...emptySpec({}),
  Orchestration: { TaskHistoryRetentionLimit: 5 },
  CAConfig: { NodeCertExpiry: 7776e12 },
};
spec.Raft = { ...spec.Raft, SnapshotInterval: 10_000, LogEntriesForSlowFollowers: 500 };
spec.Dispatcher = { HeartbeatPeriod: 5e9 };

const FOUND: FoundSwarm = {
  swarm: {
    ...{
      ID: "swarm-id",
      ...versioned,
      Spec: spec,
      DefaultAddrPool: null,
      SubnetSize: 24,
      DataPathPort: 4789,
    },
    ...{ TLSInfo: { TrustRoot: "", CertIssuerPublicKey: "" }, RootRotationInProgress: false },
    JoinTokens: { Worker: "w", Manager: "m" },
  },
  nodes: [node("one", "manager"), node("two", "worker", { labels: { disk: "ssd" }, availability: "drain" })],
  ...{ down: [], services: [], networks: [], configs: [], secrets: [], login: { user: "root" } },
};
const textOf = (more: Partial<FoundSwarm> = {}) => programOf("prod", { ...FOUND, ...more }, false).text;

test("machines by their names, with labels and availability, and left as they are", () => {
  const text = textOf();
  expect(text).toContain('managers: { names: ["one"] },');
  for (const part of [
    'names: ["two"],',
    'nodeLabels: { two: { disk: "ssd" } },',
    'nodeAvailability: { two: "drain" },',
  ])
    expect(text).toContain(part);
  expect(text).toContain('engine: { source: "present" },');
  expect(text).not.toContain("swarm: {");
  expect(text).not.toContain("pulumi.Config");
});

test("an even number of managers, old engines and nodes that are down are said", () => {
  const nodes = [node("one", "manager"), node("two", "manager", { engine: "20.10.24" })];
  const text = textOf({ nodes, down: ["three"] });
  expect(text).toContain("allowEvenManagers: true,");
  expect(text).toContain('engine: { source: "present", minVersion: "20" },');
  expect(text).toContain("// Down, and so left out: three.");
});

test("settings of the swarm that are not the engine's own", () => {
  const swarm = { ...FOUND.swarm, DefaultAddrPool: ["10.20.0.0/16"], SubnetSize: 26, DataPathPort: 7789 };
  swarm.Spec = {
    ...spec,
    Orchestration: { TaskHistoryRetentionLimit: 3 },
    EncryptionConfig: { AutoLockManagers: true },
  };
  const text = textOf({ swarm });
  for (const setting of ['defaultAddrPool: ["10.20.0.0/16"]', "subnetSize: 26", "dataPathPort: 7789"])
    expect(text).toContain(setting);
  expect(text).toContain("taskHistoryRetentionLimit: 3");
  expect(text).toContain("autoLockManagers: true");
  expect(text).not.toContain("nodeCertExpiry");
});

test("secrets come from the configuration, and the commands that put them there are told", () => {
  const found = { ...FOUND, secrets: [object("db-password"), object("db.password")] };
  const { text, steps } = programOf("prod", found, false);
  expect(text).toContain('data: config.requireSecret("dbPassword")');
  expect(text).toContain('const dbPassword2 = new Secret("db.password"');
  expect(steps.filter((step) => step.startsWith("pulumi config set --secret "))).toEqual([
    expect.stringMatching(/ dbPassword /),
    "pulumi config set --secret dbPassword2",
  ]);
});

test("what no program can say stays, with the reason", () => {
  const text = textOf({
    configs: [
      object("binary", { Data: base64(Buffer.from([0xff, 0xfe])) }),
      object("greeting", { Data: base64("Hello") }),
    ],
    secrets: [object("s".repeat(60))],
  });
  expect(text).toContain("// Config binary stays as it is, as no program can say it: its content is no text");
  expect(text).toContain('new Config("greeting", { cluster, adopt: true, data: "Hello" });');
  expect(text).toMatch(/\/\/ Secret s{60} stays as it is, .* has 60 characters/);
});

test("a stack has its objects by their names in its compose file; a service of its own is left", () => {
  const STACK = { "com.docker.stack.namespace": "shop" };
  const Labels = { ...STACK, "com.docker.stack.image": "a:1" };
  const file = { Name: "/g", UID: "0", GID: "0", Mode: 0o444 };
  const ContainerSpec = {
    Image: "a:1",
    Configs: [{ File: file, ConfigID: "c", ConfigName: "shop_greeting" }],
  };
  const service = {
    Name: "shop_web",
    Labels,
    TaskTemplate: { ContainerSpec },
    Mode: { Replicated: { Replicas: 1 } },
  };
  const found = {
    ...FOUND,
    configs: [object("shop_greeting", { Data: base64("Hello"), Labels: STACK })],
    services: [service, { ...service, Name: "alone", Labels: {} }],
  };
  const { text, composeFiles } = programOf("prod", found, false);
  expect(text).toContain(
    'new Stack("shop", { cluster, adopt: true, composeFiles: ["shop.yml"], configs: { shop_greeting: shopGreeting } });',
  );
  expect(text).not.toContain("com.docker.stack");
  expect(text).toContain("the services alone.");
  expect([...composeFiles.keys()]).toEqual(["shop.yml"]);
  const whole = programOf("prod", found, true);
  expect(whole.text).toContain('name: "shop.yml",\n');
  expect(whole.text).toContain("content: `services:\n  web:\n    image: a:1\n");
  expect(whole.composeFiles.size).toBe(0);
});

test("texts are what they are in TypeScript", () => {
  const texts = ["a\nb`${c}\\", "one line\n", 'a "quote"', "null\0\nbyte", "$plain\n$two"];
  for (const text of texts) expect(runInNewContext(literal(text))).toBe(text);
  expect(literal({ a: undefined, "b-c": [1, true], d: new Code("d") })).toBe('{ "b-c": [1, true], d }');
  expect(comment("a\n\nb */")).toBe("// a\n//\n// b */");
});

test("identifiers are none that TypeScript or the program has", () => {
  const identifiers = new Identifiers(["cluster"]);
  expect(
    ["db-password", "db_password", "cluster", "new", "42nd", "ä"].map((name) => identifiers.of(name)),
  ).toEqual([...["dbPassword", "dbPassword2", "cluster2", "theNew", "the42nd", "the"]]);
});

const RUN = { signal: new AbortController().signal, session: new Session() };

test("a place that is none is refused before anything is asked", async () => {
  await expect(targetOf({ swarm: "tcp://x" }, RUN)).rejects.toThrow(
    /"tcp:\/\/x" is no place of a swarm\. Write ssh:/,
  );
});
