import type { SwarmHostInputs } from "../contract/ssh";
import { connect } from "../engine/connect";
import { waitFor, WaitTimeout } from "../engine/wait";
import { applyFirewall } from "../hosts/setup";
import type { Context } from "./handler";
import { namesKey } from "./ownership";
import { wantedFrom } from "./swarm-host-wanted";

const REGISTERED_TIMEOUT_MS = 10_000;

/** The hosts that the program of this run has, by cluster and name. In a destroy there are none. */
const present = new Map<string, Map<string, SwarmHostInputs>>();

export function noteHost(inputs: SwarmHostInputs): void {
  const key = namesKey(inputs.owner);
  const hosts = present.get(key) ?? new Map<string, SwarmHostInputs>();
  present.set(key, hosts.set(inputs.name, inputs));
}

/**
 * The hosts that the program has in the cluster of this one. The first of an update are carried out while the program
 * still registers others, so those are waited for; with `--target` some never come.
 */
export async function hostsOf(
  { owner, nodes }: SwarmHostInputs,
  context: Context,
): Promise<SwarmHostInputs[]> {
  const known = () => [...(present.get(namesKey(owner))?.values() ?? [])];
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

/**
 * Closes the ports of the other hosts to nodes that are none any more. It cannot be done when those hosts are updated:
 * that comes first, and a node that leaves has to be heard until it has left.
 */
export async function closeToRemoved(gone: SwarmHostInputs, context: Context): Promise<void> {
  const others = [...(present.get(namesKey(gone.owner))?.values() ?? [])];
  await Promise.all(
    others
      .filter(({ name, firewall }) => name !== gone.name && firewall?.manage !== false)
      .map(async (host) => {
        try {
          await applyFirewall(connect(host.connection).transport, wantedFrom(host), context);
        } catch (error) {
          context.warn(
            `${host.name} still lets in ${gone.name}: ${(error as Error).message} \`pulumi up --refresh\` repairs it.`,
          );
        }
      }),
  );
}
