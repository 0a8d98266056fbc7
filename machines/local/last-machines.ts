import { namesKey } from "../../docker/ownership";
import type { Context } from "../../foundation/context";
import { slot, type InSession } from "../../foundation/session";
import type { LocalNodeInputs, LocalNodeOutputs } from "../../schema/local";
import { tellVolumes } from "../../swarm/volumes/last-look";
import { connectionOf } from "./node-machine";

/** Clusters that the program of this run has machines of. In a destroy there are none: every resource is only deleted. */
const wanted = slot(() => new Set<string>());

export function noteMachineWanted({ owner }: Pick<LocalNodeInputs, "owner">, { session }: InSession): void {
  session.get(wanted).add(keyOf(owner));
}

/** What goes with the machines of a whole cluster. Where nodes stay, it was told before this one left. */
export async function tellWhatGoes(
  state: LocalNodeInputs & LocalNodeOutputs,
  context: Context,
): Promise<void> {
  if (context.session.get(wanted).has(keyOf(state.owner))) return;
  await tellVolumes(connectionOf(state), "go with it", context);
}

function keyOf(owner: LocalNodeInputs["owner"]): string {
  return owner.id ?? namesKey(owner);
}
