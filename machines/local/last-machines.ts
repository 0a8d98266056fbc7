import { namesKey } from "../../docker/ownership";
import type { Context } from "../../foundation/context";
import { slot, type InSession } from "../../foundation/session";
import type { LocalNodeInputs, LocalNodeOutputs } from "../../schema/local";
import { tellVolumes } from "../../swarm/volumes/last-look";
import { connectionOf } from "./node-machine";

/**
 * The machines that the program of this run has, by cluster and name, with their volumes. In a destroy there are none: every
 * resource is only deleted.
 */
const wanted = slot(() => new Map<string, Map<string, readonly string[]>>());

type Named = Pick<LocalNodeInputs, "owner" | "name">;

export function noteMachineWanted(
  { owner, name, volumes = [] }: Named & Pick<LocalNodeInputs, "volumes">,
  { session }: InSession,
): void {
  const clusters = session.get(wanted);
  const machines = clusters.get(keyOf(owner)) ?? new Map<string, readonly string[]>();
  clusters.set(keyOf(owner), machines.set(name, volumes));
}

/** Whether the program of this run has machines of a cluster. */
export function isClusterWanted({ owner }: Pick<Named, "owner">, { session }: InSession): boolean {
  return session.get(wanted).has(keyOf(owner));
}

/** The volumes that a machine of this name has in the program of this run; nothing where there is no such machine. */
export function wantedVolumes({ owner, name }: Named, { session }: InSession): readonly string[] | undefined {
  return session.get(wanted).get(keyOf(owner))?.get(name);
}

/** What goes with the machines of a whole cluster. Where nodes stay, it was told before this one left. */
export async function tellWhatGoes(
  state: LocalNodeInputs & LocalNodeOutputs,
  context: Context,
): Promise<void> {
  if (isClusterWanted(state, context)) return;
  await tellVolumes(connectionOf(state), "go with it", context);
}

function keyOf(owner: LocalNodeInputs["owner"]): string {
  return owner.id ?? namesKey(owner);
}
