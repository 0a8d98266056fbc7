import type { ManagerRef } from "../contract/connection";
import { ownerLabels, type Owner } from "../contract/owner";
import type { Waiting } from "../engine/conditions";
import type { EngineClient } from "../engine/engine-client";
import { connect } from "../engine/connect";
import { listObjects, relabelObject } from "../engine/objects";
import { allServices, changeService } from "../engine/services";
import { changeSwarm } from "../engine/swarm";

type Labels = Record<string, string>;

/**
 * Makes a swarm, and what the program of its former owner made in it, the owner's own: else the next `up` refuses to
 * touch the services, and makes secrets and configs again. Only labels change, so no task is renewed. Networks keep
 * theirs: Docker changes nothing of a network.
 *
 * @param former - labels of the swarm as its former owner had them.
 */
export async function takeOver(
  manager: ManagerRef,
  former: Labels,
  owner: Owner,
  waiting: Waiting,
): Promise<void> {
  const labels = ownerLabels(owner);
  waiting.progress("taking over what its program made");
  const theirs = Object.fromEntries(Object.keys(labels).map((name) => [name, former[name]]));
  // Without the labels of an owner nothing in it was made by a program.
  if (Object.values(theirs).every(Boolean)) {
    await relabelContents(connect(manager.connection), theirs, labels, waiting);
  }
  await changeSwarm([manager], waiting, (spec) => ({ ...spec, Labels: { ...spec.Labels, ...labels } }));
}

async function relabelContents(
  engine: EngineClient,
  theirs: Labels,
  labels: Labels,
  { signal }: Waiting,
): Promise<void> {
  for (const kind of ["secret", "config"] as const) {
    for (const object of await listObjects(engine, kind, theirs, signal)) {
      await relabelObject(engine, kind, object, { ...object.Spec.Labels, ...labels }, signal);
    }
  }
  const services = await allServices(engine, signal);
  const made = services.filter(({ Spec }) =>
    Object.entries(theirs).every(([name, value]) => Spec.Labels?.[name] === value),
  );
  for (const { ID } of made) {
    await changeService(engine, ID, (spec) => ({ ...spec, Labels: { ...spec.Labels, ...labels } }), signal);
  }
}
