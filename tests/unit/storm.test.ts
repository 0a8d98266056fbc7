import { fingerprintOf } from "../e2e/harness/demo-page";
import { judge } from "../storm/judge";
import { FIRST, nodesOf, type Model } from "../storm/model";
import { planStep, type Step } from "../storm/plan";
import { Random } from "../storm/random";
import type { Observation, StepRecord } from "../storm/recording";

function stepsOf(seed: number, count: number): Step[] {
  const random = new Random(seed);
  const steps: Step[] = [];
  for (let number = 1; number <= count; number++) {
    steps.push(planStep(number, steps.at(-1)?.after ?? FIRST, random));
  }
  return steps;
}

const planned = Array.from({ length: 50 }, (_, seed) => stepsOf(seed, 40)).flat();

test("equal seeds plan the same storm, others another one", () => {
  expect(stepsOf(7, 40)).toEqual(stepsOf(7, 40));
  expect(stepsOf(7, 40)).not.toEqual(stepsOf(8, 40));
});

test("every step has one to three edits and faults, and an odd number of managers after it", () => {
  for (const { edits, faults, killedAfter, after } of planned) {
    const count = edits.length + faults.length + (killedAfter ? 1 : 0);
    expect(count).toBeGreaterThanOrEqual(1);
    expect(count).toBeLessThanOrEqual(3);
    expect(after.managers.length % 2).toBe(1);
    expect(new Set(nodesOf(after)).size).toBe(nodesOf(after).length);
  }
});

test("no step deletes so many managers that the swarm is lost for good", () => {
  for (const { before, faults } of planned) {
    const deleted = faults.filter(
      ({ name, node }) => name === "deleted with its volume" && before.managers.includes(node),
    );
    expect(deleted.length * 2).toBeLessThan(before.managers.length);
  }
});

/** A step after which everything is as wanted. */
function sound(
  change: { observation?: Partial<Observation>; record?: Partial<StepRecord> } = {},
): StepRecord {
  const model: Model = { ...FIRST, managers: ["manager-1"], workers: ["app-1"], replicas: 2 };
  const page = { text: model.greeting, fingerprint: fingerprintOf(model.password) };
  const node = (name: string, role: string, ManagerStatus?: { Reachability: string }) => ({
    ID: name,
    Spec: { Role: role, Availability: "active" },
    Description: { Hostname: name },
    Status: { State: "ready", Addr: "" },
    ManagerStatus,
  });
  return {
    step: { number: 1, edits: [], replaced: [], faults: [], before: model, after: model },
    struck: [],
    webOn: ["app-1", "manager-1"],
    operations: [{ command: "up", code: 0, seconds: 1, changes: {}, text: "" }],
    asked: { requests: 10, lost: [], slowest: 0 },
    observation: {
      clusterIds: ["c"],
      nodes: [node("manager-1", "manager", { Reachability: "reachable" }), node("app-1", "worker")],
      services: { demo_web: "2/2", demo_gateway: "2/2" },
      secrets: ["password"],
      configs: ["greeting"],
      machines: ["manager-1", "app-1"].map((name) => ({ node: name, state: "running" })),
      volumes: 2,
      networks: ["dev"],
      pages: { "manager-1": page, "app-1": page },
      doctor: [],
      preview: {},
      ...change.observation,
    },
    ...change.record,
  };
}

function violations(record: StepRecord): string[] {
  return judge({ seed: 0, steps: [record] }).map(({ text }) => text);
}

test("a sound step has no violation", () => {
  expect(violations(sound())).toEqual([]);
});

const LOST = { requests: 10, lost: [{ at: "now", refusals: ["nobody"] }], slowest: 0 };

test.each<[string, Parameters<typeof sound>[0], RegExp]>([
  ["another swarm", { observation: { clusterIds: ["c", "d"] } }, /cluster ID/],
  ["a node that is missing", { observation: { nodes: [] } }, /nodes: /],
  ["a service that is short", { observation: { services: { demo_web: "1/2" } } }, /demo_web has 1\/2/],
  ["an old secret that stays", { observation: { secrets: ["a", "b"] } }, /number of secrets/],
  ["a page with an old text", { observation: { pages: { "app-1": "503" } } }, /page of app-1/],
  ["a machine too many", { observation: { volumes: 3 } }, /volumes/],
  ["what the doctor says", { observation: { doctor: ["tables: wrong"] } }, /doctor: tables: wrong/],
  ["something left to do", { observation: { preview: { "Swarm dev": "update" } } }, /preview/],
  ["an up that failed", { record: { operations: [{ ...sound().operations[0], code: 1 }] } }, /ended with 1/],
  ["a lost request", { record: { asked: LOST } }, /1 of 10 requests were lost/],
])("%s is a violation", (_what, change, expected) => {
  expect(violations(sound(change)).join("\n")).toMatch(expected);
});

test("a request that is lost while the only replicas are struck is none", () => {
  const { step } = sound();
  const faults = [{ name: "killed", node: "app-1", seconds: 0 }];
  expect(violations(sound({ record: { asked: LOST, step: { ...step, faults } } }))).toEqual([]);
});
