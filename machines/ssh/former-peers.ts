import type { SwarmHostInputs, SwarmHostOutputs } from "../../schema/ssh";
import { connect } from "../../docker/connect";
import { applyFirewall } from "../../hosts/host-setup";
import type { Context } from "../../foundation/context";
import { namesKey } from "../../docker/ownership";
import { wantedFrom } from "./wanted-host";
import { slot, type InSession } from "../../foundation/session";

type State = SwarmHostInputs & SwarmHostOutputs;

/** Hosts that another machine takes the place of in this run, by cluster and name. */
const machines = slot(() => new Map<string, Map<string, State>>());

/** Notes the machine of a host that is another one now; answers whether it is. */
export function noteFormer(inputs: SwarmHostInputs, old: State, { session }: InSession): boolean {
  if (old.address === undefined || old.address === inputs.address) return false;
  const key = namesKey(inputs.owner);
  const former = session.get(machines);
  const hosts = former.get(key) ?? new Map<string, State>();
  former.set(key, hosts.set(inputs.name, old));
  return true;
}

/** The addresses that a new machine lets in: those of the machines as well that are members until all successors are. */
export function withFormer({ owner, nodes }: SwarmHostInputs, { session }: InSession): string[] {
  const before = [...(session.get(machines).get(namesKey(owner))?.values() ?? [])].flatMap(
    (host) => host.nodes,
  );
  return [...new Set([...nodes, ...before])];
}

/**
 * Lets the new nodes in on the machine that goes: its successor joins and takes over while it works yet, and may have to
 * join through it. Its own resource is only deleted.
 */
export async function openFormer(
  inputs: SwarmHostInputs,
  { machine }: SwarmHostOutputs,
  context: Context,
): Promise<void> {
  const before = context.session.get(machines).get(namesKey(inputs.owner))?.get(inputs.name);
  if (!before || before.machine === machine || before.firewall?.manage === false) return;
  const nodes = [...new Set([...before.nodes, ...inputs.nodes])];
  try {
    const { transport } = connect(before.connection, context);
    await applyFirewall(transport, wantedFrom({ ...before, nodes }, context, before.machine), context);
  } catch (error) {
    context.warn(`the machine before it does not let it in: ${(error as Error).message}`);
  }
}
