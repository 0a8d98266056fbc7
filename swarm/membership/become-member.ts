import type { SwarmNodeInputs, SwarmNodeOutputs } from "../../schema/swarm";
import type { Context } from "../../foundation/context";
import type { InSession } from "../../foundation/session";
import { Unfinished } from "../../foundation/unfinished";
import { noteConnection } from "../network-truth/network-look";
import { noteSilent, removeSilent } from "../nodes/silent";
import { noteRepaired } from "../repaired";
import { stoppingOthers } from "../rollout/disruption";
import { noteDisks, noteDisksOfMember } from "../volumes/kept-disks";
import { noteWanted } from "../wanted-clusters";
import { demotedInTurn, writeRole } from "./change-member";
import { noteFormerLabels } from "./former-labels";
import { placesTaken } from "./handover";
import { joined } from "./join";
import { hasAnotherMachine, noteMachine } from "./lost";
import { memberReady } from "./member-ready";
import { removeDeadTwins } from "./twins";

type State = SwarmNodeInputs & SwarmNodeOutputs;

/** Notes a member that is to be, before anything is done to any: others of its swarm are judged by it. */
export function noteMember(inputs: SwarmNodeInputs, old: State | undefined, within: InSession): void {
  noteWanted(inputs, within);
  noteConnection(inputs, within);
  noteFormerLabels(old, within);
  noteDisks(inputs, within);
  if (old) {
    noteMachine(old, within);
    noteDisksOfMember(old, within);
  }
}

/**
 * Makes a machine a member that is Ready and carries its name. It joins drained: {@link settle} lets it take tasks.
 *
 * @throws Unfinished with its node ID, where it has joined and something failed after that.
 */
export async function becomeMember(inputs: SwarmNodeInputs, context: Context): Promise<SwarmNodeOutputs> {
  await noteSilent(inputs, context);
  await placesTaken(inputs, context);
  let nodeId = await stoppingOthers(inputs, context, () => joined(inputs, context));
  try {
    const node = await stoppingOthers(inputs, context, () => memberReady(nodeId, inputs, context));
    nodeId = node.ID;
    if (hasAnotherMachine({ ...inputs, nodeId }, context)) noteRepaired(inputs, context);
    noteMachine({ ...inputs, nodeId }, context);
    // It was a member before, of a swarm that was taken over.
    if (node.ManagerStatus && inputs.role === "worker") await demotedInTurn(node, inputs, context);
    await writeRole(node, inputs, context);
    await removeSilent(inputs, context);
    await removeDeadTwins(inputs, nodeId, context);
  } catch (error) {
    throw new Unfinished({ nodeId }, error as Error);
  }
  return { nodeId };
}
