import type { SwarmHostInputs, SwarmHostOutputs } from "../../schema/ssh";
import { connect } from "../../docker/connect";
import { waitFor, WaitTimeout } from "../../foundation/wait";
import { applyFirewall } from "../../hosts/host-setup";
import type { Context } from "../../foundation/context";
import { namesKey } from "../../docker/ownership";
import { noteFormer } from "./former-peers";
import { wantedFrom } from "./wanted-host";
import type { Owner } from "../../schema/owner";
import { slot, type InSession } from "../../foundation/session";

type State = SwarmHostInputs & SwarmHostOutputs;

const REGISTERED_TIMEOUT_MS = 10_000;

/** The hosts that the program of this run has, by cluster and name. In a destroy there are none. */
const present = slot(() => new Map<string, Map<string, SwarmHostInputs>>());

/** Addresses of nodes that have left in this run, by cluster: nobody has to let them in any more. */
const left = slot(() => new Map<string, Set<string>>());

/** Identities of the machines that the program of this run has. */
const inUse = slot(() => new Set<string>());

export function noteHost(inputs: SwarmHostInputs, old: State | undefined, { session }: InSession): void {
  if (old && !noteFormer(inputs, old, { session })) session.get(inUse).add(old.machine);
  const key = namesKey(inputs.owner);
  const clusters = session.get(present);
  const hosts = clusters.get(key) ?? new Map<string, SwarmHostInputs>();
  clusters.set(key, hosts.set(inputs.name, inputs));
}

/**
 * The hosts that the program has in the cluster of this one. The first of an update are carried out while the program
 * still registers others, so those are waited for; with `--target` some never come.
 */
export async function hostsOf(
  { owner, nodes }: SwarmHostInputs,
  context: Context,
): Promise<SwarmHostInputs[]> {
  const known = () => hostsIn(owner, context);
  try {
    await waitFor<void>(
      {
        name: "the program has named all its hosts",
        intervalMs: 50,
        timeoutMs: REGISTERED_TIMEOUT_MS,
        signal: context.signal,
      },
      () =>
        Promise.resolve(
          known().length >= nodes.length
            ? { done: undefined }
            : { pending: `${known().length} of ${nodes.length}` },
        ),
    );
  } catch (error) {
    if (!(error instanceof WaitTimeout)) throw error;
  }
  return known();
}

export function noteInUse({ machine }: { machine: string }, { session }: InSession): void {
  session.get(inUse).add(machine);
}

/** Whether the machine of a resource that goes has another one by now: it was given another address, or another node. */
export function isInUse({ machine }: State, { session }: InSession): boolean {
  return session.get(inUse).has(machine);
}

/** The addresses that a host lets in during an update: those of before as well, but for nodes that have left already. */
export function withLeaving(
  before: readonly string[],
  { owner, nodes }: SwarmHostInputs,
  { session }: InSession,
): string[] {
  const gone = session.get(left).get(namesKey(owner));
  return [...new Set([...before.filter((address) => !gone?.has(address)), ...nodes])];
}

/**
 * Closes the ports of the other hosts to nodes that are none any more. It cannot be done when those hosts are updated:
 * that comes first, and a node that leaves has to be heard until it has left.
 */
export async function closeToRemoved(gone: State, context: Context): Promise<void> {
  const key = namesKey(gone.owner);
  const leavers = context.session.get(left);
  if (gone.nodeAddress) leavers.set(key, (leavers.get(key) ?? new Set()).add(gone.nodeAddress));
  const others = hostsIn(gone.owner, context);
  await Promise.all(
    others
      .filter(
        ({ nodes, firewall }) => firewall?.manage !== false && gone.nodes.some((at) => !nodes.includes(at)),
      )
      .map(async (host) => {
        try {
          await applyFirewall(
            connect(host.connection, context).transport,
            wantedFrom(host, context),
            context,
          );
        } catch (error) {
          context.warn(
            `${host.name} still lets in ${gone.name}: ${(error as Error).message} \`pulumi up --refresh\` repairs it.`,
          );
        }
      }),
  );
}

function hostsIn(owner: Owner, { session }: InSession): SwarmHostInputs[] {
  return [...(session.get(present).get(namesKey(owner))?.values() ?? [])];
}
