import type { DeployedService } from "../schema/stack";
import { givenName, nodeName } from "../swarm/nodes/node-name";
import { specDigest } from "../docker/services";
import { changedFields } from "../swarm/stacks/stack-drift";
import type { Service } from "../docker/api/service";
import type { SwarmNodeInspect } from "../docker/api/node";
import type { SwarmInspect } from "../docker/api/swarm";
import type { RecordedCluster } from "../schema/cluster-record";

/** One difference between what the program asks for and what is there. */
export interface Drift {
  /** The node, service or swarm that differs. */
  where: string;
  wanted: string;
  actual: string;
  /** What is to be done about it. @default `up --refresh` repairs it */
  remedy?: string;
}

export function actualDrift(
  wanted: RecordedCluster,
  swarm: Pick<SwarmInspect, "ID">,
  nodes: readonly SwarmNodeInspect[],
  services: readonly Service[],
): Drift[] {
  const drift: Drift[] = [];
  const compare = (where: string, want: string, actual: string) => {
    if (want !== actual) drift.push({ where, wanted: want, actual });
  };
  compare("swarm", `cluster ID ${wanted.clusterId}`, `cluster ID ${swarm.ID}`);

  for (const want of wanted.nodes) {
    const where = `node ${want.name}`;
    const same = nodes.filter((node) => givenName(node) === want.name);
    // A dead twin keeps its name in the list until it is removed.
    const node = same.find(({ Status }) => Status.State === "ready") ?? same[0];
    if (!node) {
      compare(where, "a member", "missing");
      continue;
    }
    compare(where, "ready", node.Status.State);
    compare(where, want.role, node.Spec.Role);
    compare(where, want.availability, node.Spec.Availability);
    for (const [label, value] of Object.entries(want.labels)) {
      const actual = node.Spec.Labels?.[label];
      compare(
        where,
        `label ${label}=${value}`,
        actual === undefined ? `no label ${label}` : `label ${label}=${actual}`,
      );
    }
  }
  const names = new Set(wanted.nodes.map(({ name }) => name));
  const listed = new Map<string, number>();
  for (const node of wanted.isExisting ? [] : nodes) {
    const { State } = node.Status;
    const name = givenName(node);
    if (name === undefined || !names.has(name)) {
      // One whose join failed halfway has no name at all.
      compare(`node ${nodeName(node)}`, "no member", State);
      continue;
    }
    const count = (listed.get(name) ?? 0) + 1;
    listed.set(name, count);
    if (count === 2) compare(`node ${name}`, "listed once", "listed more than once");
  }
  for (const want of Object.values(wanted.stacks).flat()) {
    const service = services.find(({ Spec }) => Spec.Name === want.name);
    if (!service) compare(`service ${want.name}`, "running", "missing");
    else compareService(compare, want, service);
  }
  for (const { Spec, ServiceStatus } of services) {
    const { RunningTasks = 0, DesiredTasks = 0 } = ServiceStatus ?? {};
    if (Spec.Mode.Replicated ?? Spec.Mode.Global) {
      compare(`service ${Spec.Name}`, `${DesiredTasks} tasks running`, `${RunningTasks} tasks running`);
    }
  }
  return drift;
}

function compareService(
  compare: (where: string, want: string, actual: string) => void,
  want: DeployedService,
  service: Service,
): void {
  const { Spec } = service;
  const where = `service ${want.name}`;
  if (specDigest(Spec) === want.specDigest) return;
  const isTheirs = (field: string) => want.ignored?.includes(field);
  if (want.ignored && changedFields(want, service).length === 0) return;
  const image = isTheirs("ContainerSpec.Image") ? want.image : (Spec.TaskTemplate.ContainerSpec?.Image ?? "");
  const replicas = isTheirs("Mode.Replicated.Replicas")
    ? want.replicas
    : (Spec.Mode.Replicated?.Replicas ?? want.replicas);
  if (image === want.image && replicas === want.replicas) {
    const fields = changedFields(want, service).join(", ");
    compare(where, "as deployed", fields ? `changed by hand: ${fields}` : "changed by hand");
  }
  compare(where, want.image, image);
  compare(where, `${want.replicas} replicas`, `${replicas} replicas`);
}
