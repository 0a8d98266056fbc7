import path from "node:path";
import type { Service } from "../../../docker/api/service";
import type { Task } from "../../../docker/api/task";
import { startSwarm, type TestSwarm } from "../../../testing/testing";
import { appImage } from "../harness/app-image";
import { docker } from "../harness/docker";

/** One after the other has it: each file finds it warm. manager-1 and worker-1 are in zone a, worker-2 in zone b. */
export async function stackSwarm(): Promise<TestSwarm> {
  return startSwarm({
    managers: 1,
    workers: 2,
    images: [await appImage()],
    labels: {
      "manager-1": { zone: "a" },
      "worker-1": { zone: "a", disk: "ssd" },
      "worker-2": { zone: "b" },
    },
    reuse: true,
  });
}

/** A compose file as people keep it. */
export function fixture(name: string): string {
  return path.join(__dirname, "fixtures", name);
}

/** What the engine keeps of a service: all of it, where the product has types for what it reads alone. */
export type SeenService = Service & { Spec: Record<string, unknown> & { TaskTemplate: SeenTemplate } };
type SeenTemplate = Record<string, unknown> & { ContainerSpec: Record<string, unknown> };

export async function serviceOf(swarm: TestSwarm, name: string): Promise<SeenService> {
  const [service] = JSON.parse(await swarm.docker("service", "inspect", name)) as SeenService[];
  return service;
}

/** A task of a service, and the name of its node. */
export type SeenTask = Task & { ID: string; node: string };

/** All tasks of a service that the swarm remembers. */
export async function tasksOf(swarm: TestSwarm, service: string): Promise<SeenTask[]> {
  const ids = (await swarm.docker("service", "ps", "--quiet", "--no-trunc", service))
    .split("\n")
    .filter(Boolean);
  const tasks = JSON.parse(await swarm.docker("inspect", "--type", "task", ...ids)) as SeenTask[];
  const nodes = new Map(swarm.nodes.map(({ id, name }) => [id, name]));
  return tasks.map((task) => ({ ...task, node: nodes.get(task.NodeID ?? "") ?? "nowhere" }));
}

/** The nodes of the tasks that shall run, in the order of their names. */
export async function placesOf(swarm: TestSwarm, service: string): Promise<string[]> {
  const tasks = await tasksOf(swarm, service);
  return tasks
    .filter(({ DesiredState }) => DesiredState === "running")
    .map(({ node }) => node)
    .sort();
}

/** What a command says inside of a service's task, or of its task on one node. @throws Error where it fails */
export async function inside(
  swarm: TestSwarm,
  service: string,
  command: string,
  node?: string,
): Promise<string> {
  const { exitCode, stdout, stderr } = await swarm.exec(service, ["sh", "-c", command], { node });
  if (exitCode !== 0) throw new Error(`${service}: ${command}: exit code ${exitCode}: ${stdout}${stderr}`);
  return stdout.trim();
}

/** A command on a node itself. */
export function onNode(swarm: TestSwarm, node: string, ...command: string[]): Promise<string> {
  return docker("exec", `${swarm.name}-${node}`, ...command);
}
