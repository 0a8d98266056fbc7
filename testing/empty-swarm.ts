import { connect } from "../docker/connect";
import { isEngineError } from "../docker/errors";
import { deleteNetwork, overlayNetworks } from "../docker/networks";
import { listNodes } from "../docker/nodes";
import { listObjects, removeObject } from "../docker/objects";
import { listServices, removeService } from "../docker/services";
import { listTasks } from "../docker/tasks";
import { allVolumes, deleteVolume } from "../docker/volumes";
import type { Context } from "../foundation/context";
import { waitFor } from "../foundation/wait";
import { onManager } from "../swarm/managers";
import type { ClusterNode, LocalCluster } from "./local-cluster";

type Member = ClusterNode["member"];

const EMPTY_TIMEOUT_MS = 60_000;
const ENDED = ["complete", "shutdown", "failed", "rejected", "remove", "orphaned"];

/**
 * Removes the services of a swarm. Their tasks take some seconds to end, two of them so that other nodes hear of it: moby,
 * daemon/cluster/executor/container/controller.go (defaultGossipConvergeDelay).
 */
export function withoutServices({ specs }: LocalCluster, context: Context): Promise<void> {
  const { signal } = context;
  return onManager(specs.managers, context, async (engine) => {
    const services = await listServices(engine, signal);
    for (const { ID: id, Spec } of services) await removeService(engine, { id, name: Spec.Name }, signal);
  });
}

/** Removes what the last user has put into a swarm: services, networks, configs, secrets and the volumes of its nodes. */
export async function emptied(cluster: LocalCluster, context: Context): Promise<void> {
  const { managers } = cluster.specs;
  const { signal } = context;
  await withoutServices(cluster, context);
  await waitFor<void>(
    {
      name: "its services are gone",
      on: cluster.owner.cluster,
      intervalMs: 200,
      timeoutMs: EMPTY_TIMEOUT_MS,
      signal,
    },
    () =>
      onManager(managers, context, async (engine) => {
        const live = (await listTasks(engine, {}, signal)).filter(
          ({ Status }) => !ENDED.includes(Status.State),
        );
        if (live.length > 0) return { pending: `${live.length} tasks still end` };
        try {
          for (const { Id: id, Name: name, Ingress } of await overlayNetworks(engine, signal))
            if (!Ingress) await deleteNetwork(engine, { id, name }, signal);
          for (const kind of ["config", "secret"] as const)
            for (const { ID } of await listObjects(engine, kind, {}, signal))
              await removeObject(engine, kind, ID, signal);
          return { done: undefined };
        } catch (error) {
          // Tasks that have ended are counted a moment longer.
          if (isEngineError(error, "in-use")) return { pending: error.answer };
          throw error;
        }
      }),
  );
  await Promise.all([...cluster.nodes.values()].map(({ member }) => withoutVolumes(member, context)));
}

/**
 * A node removes the containers of its tasks after the swarm has forgotten these. Each volume by its name: an engine's prune
 * leaves those with options of their driver (moby, daemon/volume/service).
 */
async function withoutVolumes({ name, connection }: Member, context: Context): Promise<void> {
  const { signal } = context;
  const engine = connect(connection, context);
  await waitFor<void>(
    { name: "its volumes are gone", on: name, intervalMs: 200, timeoutMs: EMPTY_TIMEOUT_MS, signal },
    async () => {
      const used: string[] = [];
      for (const { Name } of await allVolumes(engine, signal)) {
        try {
          await deleteVolume(engine, Name, signal);
        } catch (error) {
          if (!isEngineError(error, "in-use")) throw error;
          used.push(Name);
        }
      }
      return used.length > 0 ? { pending: used.join(", ") } : { done: undefined };
    },
  );
}

/** Whether a swarm is as it was made: its nodes, and no others, are Ready and take tasks. */
export async function isWhole(cluster: LocalCluster, context: Context): Promise<boolean> {
  const wanted = [...cluster.nodes.values()].map(({ member }) => member.nodeId).sort();
  try {
    const nodes = await onManager(cluster.specs.managers, context, (engine) =>
      listNodes(engine, context.signal),
    );
    const able = nodes.filter(
      ({ Spec, Status, ManagerStatus }) =>
        Status?.State === "ready" &&
        Spec.Availability === "active" &&
        (Spec.Role === "worker" || ManagerStatus?.Reachability === "reachable"),
    );
    return (
      nodes.length === wanted.length &&
      able
        .map(({ ID }) => ID)
        .sort()
        .join() === wanted.join()
    );
  } catch {
    // Whatever is the matter with it: another one is made.
    return false;
  }
}
