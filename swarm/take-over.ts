import { identityOf, ownerFrom, ownerLabels, type Labels, type Owner } from "../schema/owner";
import type { ManagerRef } from "../schema/connection";
import { onManager } from "./managers";
import type { Waiting } from "../foundation/context";
import type { EngineClient } from "../docker/engine-client";
import { swarmNetworks } from "../docker/networks";
import { listObjects, relabelObject } from "../docker/objects";
import { allServices, changeService } from "../docker/services";
import { changeSwarm } from "./change-swarm";
import { isOwnedIn, pastLabels, type Inside } from "./swarm-ownership";

/**
 * Makes a swarm, and what the program of its former owner made in it, the owner's own: else the next `up` refuses to
 * touch the services, and makes secrets and configs again. Only labels change, so no task is renewed. Networks keep
 * theirs, as Docker changes nothing of a network: the swarm lists them.
 *
 * @param former - labels of the swarm as its former owner had them.
 */
export async function takeOver(
  managers: readonly ManagerRef[],
  former: Labels,
  owner: Owner,
  waiting: Waiting,
): Promise<void> {
  waiting.progress("taking over what its program made");
  const theirs = ownerFrom(former);
  const past = await onManager(managers, waiting, async (engine) => {
    // Without the labels of an owner nothing in it was made by a program.
    if (!theirs) return {};
    const isTheirs = (inside: Inside) => isOwnedIn(former, theirs, inside);
    await relabelContents(engine, isTheirs, ownerLabels(owner), waiting);
    return pastLabels(former, owner, await unmarkedNetworks(engine, isTheirs, waiting));
  });
  await changeSwarm(managers, waiting, (spec) => ({
    ...spec,
    Labels: { ...spec.Labels, ...past, ...ownerLabels(owner) },
  }));
}

async function relabelContents(
  engine: EngineClient,
  isTheirs: (inside: Inside) => boolean,
  labels: Record<string, string>,
  { signal }: Waiting,
): Promise<void> {
  for (const kind of ["secret", "config"] as const) {
    const objects = await listObjects(engine, kind, {}, signal);
    for (const object of objects.filter(({ ID, Spec }) => isTheirs({ id: ID, labels: Spec.Labels }))) {
      await relabelObject(engine, kind, object, { ...object.Spec.Labels, ...labels }, signal);
    }
  }
  const services = await allServices(engine, signal);
  for (const { ID } of services.filter(({ ID: id, Spec }) => isTheirs({ id, labels: Spec.Labels }))) {
    await changeService(engine, ID, (spec) => ({ ...spec, Labels: { ...spec.Labels, ...labels } }), signal);
  }
}

/** Networks from before there were identities: once the swarm has another name, nothing else tells whose they are. */
async function unmarkedNetworks(
  engine: EngineClient,
  isTheirs: (inside: Inside) => boolean,
  { signal }: Waiting,
): Promise<string[]> {
  const networks = await swarmNetworks(engine, signal);
  return networks
    .filter(({ Id, Labels: labels }) => !identityOf(labels) && isTheirs({ id: Id, labels }))
    .map(({ Id }) => Id);
}
