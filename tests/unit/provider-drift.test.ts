import type { LocalNodeInputs, LocalNodeOutputs } from "../../schema/local";
import type { DeployedService, SwarmStackInputs, SwarmStackOutputs } from "../../schema/stack";
import type { SwarmNodeInputs, SwarmNodeOutputs } from "../../schema/swarm";
import type { Service } from "../../docker/api/service";
import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Task } from "../../docker/api/task";
import { noteRepaired, noteStarted } from "../../swarm/repaired";
import { swarmNode } from "../../provider/handlers/swarm-node";
import { notReady } from "../../swarm/membership/member-drift";
import { swarmStack } from "../../provider/handlers/swarm-stack";
import { changedByHand, shortOf } from "../../swarm/stacks/stack-drift";
import { specDigest, specFields } from "../../docker/services";
import { Session } from "../../foundation/session";

const OWNER = { project: "p", stack: "dev", cluster: "c" };

function node(role: string, state: string, reachability?: string) {
  return {
    Spec: { Role: role },
    Status: { State: state },
    ...(reachability ? { ManagerStatus: { Reachability: reachability } } : {}),
  } as Pick<SwarmNodeInspect, "Spec" | "Status" | "ManagerStatus">;
}

test.each<[string, ReturnType<typeof node>, string[] | undefined]>([
  ["a worker that is Ready", node("worker", "ready"), undefined],
  ["a worker that is Down", node("worker", "down"), ["is down"]],
  ["a worker of whom the leader knows nothing yet", node("worker", "unknown"), ["is unknown"]],
  ["a manager that is Ready and Reachable", node("manager", "ready", "reachable"), undefined],
  ["a manager that is out of reach", node("manager", "ready", "unreachable"), ["is unreachable"]],
  ["a manager that is no member of raft", node("manager", "ready"), ["is not in raft"]],
  ["a manager that was demoted", node("worker", "ready"), undefined],
])("%s differs from what the program wants as it shall", (_what, seen, expected) => {
  expect(notReady(seen)).toEqual(expected);
});

function service(name: string, mode: Service["Spec"]["Mode"], running: number) {
  const tasks = Array.from({ length: running }, () => ({
    ServiceID: name,
    DesiredState: "running",
    Status: { State: "running" },
  }));
  const found = {
    ID: name,
    Spec: { Name: name, Mode: mode, TaskTemplate: {} },
    ServiceStatus: { DesiredTasks: 3 },
  };
  return { found: found as Service, tasks: tasks as Task[] };
}

test("services that are short of tasks are named, and jobs, whose tasks end, are not", () => {
  const all = [
    service("web", { Replicated: { Replicas: 3 } }, 2),
    service("whole", { Replicated: { Replicas: 2 } }, 2),
    service("agent", { Global: {} }, 2),
    service("job", { ReplicatedJob: { TotalCompletions: 2 } }, 0),
  ];
  const found = shortOf(
    all.map((one) => one.found),
    all.flatMap((one) => one.tasks),
  );
  expect(found).toEqual(["web 2/3", "agent 2/3"]);
});

describe("what was put right in this run is waited for, though no refresh saw that anything was amiss", () => {
  const member = { machine: "id-1" } as SwarmNodeInputs & SwarmNodeOutputs;
  const stack = { owner: OWNER, clusterId: "c1" } as SwarmStackInputs & SwarmStackOutputs;
  const other = { owner: { ...OWNER, cluster: "other" }, clusterId: "c2" } as typeof stack;

  const within = { session: new Session() };

  test("nothing is where nothing was", () => {
    expect(swarmNode.due?.(member, member, within)).toEqual([]);
    expect(swarmStack.due?.(stack, stack, within)).toEqual([]);
  });

  test("the member of a machine that was started, and the stacks of its cluster", () => {
    noteStarted({ owner: OWNER } as LocalNodeInputs & LocalNodeOutputs, "id-1", within);
    expect(swarmNode.due?.(member, member, within)).toEqual(["drift"]);
    expect(swarmNode.due?.(member, { ...member, machine: "id-2" }, within)).toEqual([]);
    expect(swarmStack.due?.(stack, stack, within)).toEqual(["drift"]);
    expect(swarmStack.due?.(other, other, within)).toEqual([]);
  });

  test("the stacks of a swarm that lost a member", () => {
    noteRepaired({ clusterId: "c2" }, within);
    expect(swarmStack.due?.(other, other, within)).toEqual(["drift"]);
  });
});

test("a service that was changed by hand is named with the fields that were, and a forced update is no change", () => {
  const spec = (changes: object = {}, template: object = {}) => ({
    Name: "shop_web",
    Labels: { team: "shop" },
    Mode: { Replicated: { Replicas: 2 } },
    TaskTemplate: { ContainerSpec: { Image: "shop:1", Env: ["A=1"] }, ...template },
    ...changes,
  });
  const found = (changes?: object, template?: object) =>
    [{ ID: "s", Spec: spec(changes, template) }] as unknown as Service[];
  const deployed = [
    { name: "shop_web", specDigest: specDigest(spec()), specFields: specFields(spec()) },
  ] as unknown as DeployedService[];
  expect(changedByHand(deployed, found({}, { ForceUpdate: 3 }))).toEqual([]);
  expect(changedByHand(deployed, [])).toEqual(["shop_web is gone"]);
  expect(
    changedByHand(
      deployed,
      found(
        { Mode: { Replicated: { Replicas: 5 } }, Labels: {} },
        { ContainerSpec: { Image: "shop:1", Env: ["A=1", "B=2"] } },
      ),
    ),
  ).toEqual(["shop_web was changed: Labels.team, Mode.Replicated.Replicas, ContainerSpec.Env"]);
  const former = deployed.map((service) => ({ ...service, specFields: undefined }));
  expect(changedByHand(former, found({ Labels: {} }))).toEqual(["shop_web was changed"]);
});
