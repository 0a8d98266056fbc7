import type { NetworkInputs } from "../../schema/objects";
import { describeOwner } from "../../schema/owner";
import type { EngineClient } from "../../docker/engine-client";
import type { NetworkInspect } from "../../docker/api/network";
import { ENCRYPTED_OPTION, inspectNetwork } from "../../docker/networks";
import { inspectSwarm } from "../../docker/swarm";
import { isOwnedIn, type Inside } from "../swarm-ownership";
import type { Context } from "../../foundation/context";
import { foreignInside, toldApart } from "../../docker/ownership";

/** The network of that name. One of somebody else is taken over where the program says so, or refused. */
export async function presentNetwork(
  engine: EngineClient,
  inputs: NetworkInputs,
  context: Context,
): Promise<(NetworkInspect & { isForeign: boolean }) | undefined> {
  const found = await inspectNetwork(engine, inputs.name, context.signal);
  if (!found) return undefined;
  const { Spec } = await inspectSwarm(engine, context.signal);
  if (isOwnedIn(Spec.Labels, inputs.owner, insideOf(found))) return { ...found, isForeign: false };
  const what = `The network "${inputs.name}" of the swarm`;
  if (!inputs.adopt) throw foreignInside(`network "${inputs.name}"`, found.Labels, inputs.owner);
  const differences = differencesOf(found, inputs);
  if (differences.length > 0) {
    throw new Error(
      `${what} (ID ${found.Id}) belongs to ${toldApart(found.Labels, inputs.owner)}, and cannot be taken over as the program has ` +
        `it: ${differences.join("; ")}. It was left as it is: Docker changes nothing of a network. Say in the program what it is.`,
    );
  }
  context.info(
    `takes over the network "${inputs.name}" (ID ${found.Id}), which belongs to ${describeOwner(found.Labels)}`,
  );
  return { ...found, isForeign: true };
}

export function insideOf({ Id, Labels }: NetworkInspect): Inside {
  return { id: Id, labels: Labels };
}

/** What a network is and the program says otherwise. A range that the program leaves open may be any. */
function differencesOf(found: NetworkInspect, wanted: NetworkInputs): string[] {
  const { subnet, gateway, ipRange, options, labels } = wanted;
  const [range = {}] = found.IPAM.Config ?? [];
  const pairs: [name: string, there: unknown, here: unknown][] = [
    ["driver", found.Driver, "overlay"],
    ["attachable", found.Attachable, wanted.attachable ?? false],
    ["internal", found.Internal, wanted.internal ?? false],
    ["encrypted", ENCRYPTED_OPTION in (found.Options ?? {}), wanted.encrypted ?? false],
    ["subnet", range.Subnet, subnet ?? range.Subnet],
    ["gateway", range.Gateway, gateway ?? range.Gateway],
    ["ipRange", range.IPRange || undefined, ipRange ?? (range.IPRange || undefined)],
    ...given("options", found.Options, options),
    ...given("labels", found.Labels, labels),
  ];
  return pairs
    .filter(([, there, here]) => there !== here)
    .map(([name, there, here]) => `${name} is ${show(there)} there and ${show(here)} in the program`);
}

/** What the program names of options or labels. Others stay. */
function given(
  what: string,
  found: Record<string, string> | null,
  wanted: Record<string, string> = {},
): [string, unknown, unknown][] {
  return Object.entries(wanted).map(([name, value]) => [`${what}.${name}`, found?.[name], value]);
}

function show(value: unknown): string {
  return value === undefined ? "not set" : JSON.stringify(value);
}
