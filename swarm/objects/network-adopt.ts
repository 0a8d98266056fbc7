import type { NetworkInputs } from "../../schema/objects";
import { describeOwner } from "../../schema/owner";
import type { EngineClient } from "../../docker/engine-client";
import type { NetworkInspect } from "../../docker/api/network";
import { swarmNetworks } from "../../docker/networks";
import { inspectSwarm } from "../../docker/swarm";
import { isOwnedIn, type Inside } from "../swarm-ownership";
import type { Context } from "../../foundation/context";
import { foreignInside, toldApart } from "../../docker/ownership";
import { differencesOf, labelDifferences, settingsOf } from "./network-settings";
import { baseOf, refuseSameSubnet, versionFor, type NetworkVersion } from "./network-version";

/** A version, and whether one that is there belongs to somebody else. */
interface Present extends NetworkVersion {
  isForeign?: boolean;
}

/**
 * The version of the network that is wanted: one that is there, or the name that a new one gets. One of somebody else is taken over
 * where the program says so, or refused.
 */
export async function presentNetwork(
  engine: EngineClient,
  inputs: NetworkInputs,
  context: Context,
): Promise<Present> {
  const [{ Spec }, networks] = await Promise.all([
    inspectSwarm(engine, context.signal),
    swarmNetworks(engine, context.signal),
  ]);
  const isOurs = (network: NetworkInspect) => isOwnedIn(Spec.Labels, inputs.owner, insideOf(network));
  const versions = networks.filter((network) => baseOf(network) === inputs.name && isOurs(network));
  const settings = settingsOf(inputs);
  const version = versionFor(inputs.name, settings, versions);
  if (version.found) return version;
  if (versions.length > 0) {
    refuseSameSubnet(`network "${inputs.name}"`, settings, versions[0], networks);
    return version;
  }
  const found = networks.find(({ Name }) => Name === inputs.name);
  if (!found) return version;
  const what = `The network "${inputs.name}" of the swarm`;
  if (!inputs.adopt) throw foreignInside(`network "${inputs.name}"`, found.Labels, inputs.owner);
  const differences = [...differencesOf(found, settings), ...labelDifferences(found, settings)].map(
    ({ name, there, here }) => `${name} is ${show(there)} there and ${show(here)} in the program`,
  );
  if (differences.length > 0) {
    throw new Error(
      `${what} (ID ${found.Id}) belongs to ${toldApart(found.Labels, inputs.owner)}, and cannot be taken over as the program has ` +
        `it: ${differences.join("; ")}. It was left as it is: Docker changes nothing of a network. Say in the program what it is.`,
    );
  }
  context.info(
    `takes over the network "${inputs.name}" (ID ${found.Id}), which belongs to ${describeOwner(found.Labels)}`,
  );
  return { name: found.Name, labels: {}, found, isForeign: true };
}

export function insideOf({ Id, Labels }: NetworkInspect): Inside {
  return { id: Id, labels: Labels };
}

function show(value: unknown): string {
  return value === undefined ? "not set" : JSON.stringify(value);
}
