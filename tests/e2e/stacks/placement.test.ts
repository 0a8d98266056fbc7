import type { TestSwarm } from "../../../testing/testing";
import { fixture, placesOf, serviceOf, stackSwarm } from "./stack-swarm";

jest.setTimeout(300_000);

let swarm: TestSwarm;

beforeAll(async () => {
  swarm = await stackSwarm();
  const arch = await swarm.docker(
    "node",
    "inspect",
    "self",
    "--format",
    "{{.Description.Platform.Architecture}}",
  );
  await swarm.deploy(fixture("placement.yml"), { name: "place", env: { ARCH: arch.trim() } });
});
afterAll(() => swarm?.stop());

const ALL = ["manager-1", "worker-1", "worker-2"];

test("replicated services have their tasks, and global ones one on each node", async () => {
  expect((await serviceOf(swarm, "place_anywhere")).Spec.Mode).toEqual({ Replicated: { Replicas: 2 } });
  // On different nodes, as none runs one yet.
  expect(new Set(await placesOf(swarm, "place_anywhere")).size).toBe(2);
  expect((await serviceOf(swarm, "place_everywhere")).Spec.Mode).toEqual({ Global: {} });
  expect(await placesOf(swarm, "place_everywhere")).toEqual(ALL);
});

test.each([
  ["on-managers", ["manager-1"]],
  ["off-managers", ["worker-1", "worker-2"]],
  ["on-ssd", ["worker-1", "worker-1"]],
  ["by-name", ["worker-2"]],
])(
  "the constraints of %s, on role, label, host name and platform, say where it runs",
  async (service, nodes) => {
    expect(await placesOf(swarm, `place_${service}`)).toEqual(nodes);
  },
);

test("tasks are spread over zones, and max_replicas_per_node goes before that", async () => {
  const inZoneB = async (service: string) =>
    (await placesOf(swarm, service)).filter((node) => node === "worker-2").length;
  expect(await inZoneB("place_spread")).toBe(3);
  expect(await inZoneB("place_capped")).toBe(2);
  expect(await placesOf(swarm, "place_capped")).toEqual([...ALL, ...ALL].sort());
});

test("a service that no node can take is an error with the scheduler's reason", async () => {
  const deployed = swarm.deploy(fixture("no-place.yml"), { name: "nowhere", timeout: 5 });
  const error = await deployed.then(
    () => undefined,
    (reason: Error) => reason.message,
  );
  expect(error).toMatch(
    /nowhere_other-platform.*no suitable node \(scheduling constraints not satisfied on 3 nodes\)/,
  );
  expect(error).toMatch(/nowhere_too-many.*no suitable node \(max replicas per node limit exceed/);
  expect(error).toMatch(/nowhere_too-large.*no suitable node \(insufficient resources on 3 nodes\)/);
  expect(error).toMatch(/nowhere_no-gpu.*no suitable node \(insufficient resources on 3 nodes\)/);
});
