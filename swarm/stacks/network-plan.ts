import type { Service } from "../../docker/api/service";
import { swarmNetworks } from "../../docker/networks";
import { STACK_LABEL, stackServices } from "../../docker/services";
import { listTasks } from "../../docker/tasks";
import type { EngineClient } from "../../docker/engine-client";
import type { Context } from "../../foundation/context";
import type { SwarmStackInputs } from "../../schema/stack";
import { refuseSameSubnet } from "../objects/network-version";
import { onManager } from "../managers";
import { inBothNetworks, withVersions } from "./network-moves";
import { usesOf } from "./network-names";
import { networkVersions, type StackNetwork } from "./network-versions";
import { mergedCompose, type Compose } from "./stack-deploy";
import { preparedFiles, type PreparedFiles } from "./stack-files";

/** What becomes of a stack's networks. */
export interface NetworkPlan {
  versions: StackNetwork[];
  /** What is deployed in the end: the networks have the names of their versions. */
  wanted: Compose;
  /** What is deployed before it, where services move from one network to another. */
  both?: Compose;
  /** IDs of the networks that the stack had. */
  before: ReadonlySet<string>;
}

/**
 * Compares the networks of a stack with what the swarm has of it; says what changes, and what goes by a name that changes.
 *
 * @param wanted - merged
 * @throws Error where a network cannot change as it is wanted, before anything is touched
 */
export async function planNetworks(
  engine: EngineClient,
  wanted: Compose,
  services: readonly Service[],
  prepared: PreparedFiles,
  inputs: SwarmStackInputs,
  context: Context,
): Promise<NetworkPlan> {
  const [networks, tasks] = await Promise.all([
    swarmNetworks(engine, context.signal),
    listTasks(engine, { label: [`${STACK_LABEL}=${inputs.name}`] }, context.signal),
  ]);
  const versions = networkVersions(wanted, { networks, services, tasks }, inputs);
  for (const { key, settings, former } of versions)
    if (settings && former) refuseSameSubnet(`network "${key}"`, settings, former, networks);
  tell(versions, wanted, prepared, inputs, context);
  const compose = withVersions(wanted, versions, inputs.name);
  const own = networks.filter(({ Labels }) => Labels?.[STACK_LABEL] === inputs.name);
  return {
    ...{ versions, ...inBothNetworks(compose, versions) },
    before: new Set(own.map(({ Id }) => Id)),
  };
}

/**
 * The same for a preview.
 *
 * @param replaced - networks of the program that get a name which is not known yet: name in the compose file → present name
 */
export async function previewNetworks(
  inputs: SwarmStackInputs,
  replaced: Readonly<Record<string, string>>,
  context: Context,
): Promise<void> {
  const prepared = preparedFiles(inputs);
  await onManager(inputs.managers, context, async (engine) => {
    const wanted = await mergedCompose(engine.transport, inputs, prepared, context);
    const services = await stackServices(engine, inputs.name, context.signal);
    await planNetworks(engine, wanted, services, prepared, inputs, context);
    for (const [key, old] of Object.entries(replaced)) {
      context.info(move(key, old, "its new version"));
      warnOfUses(old, "another name", wanted, prepared, inputs, context);
    }
  });
}

function tell(
  versions: readonly StackNetwork[],
  wanted: Compose,
  prepared: PreparedFiles,
  inputs: SwarmStackInputs,
  context: Context,
): void {
  for (const { key, name, changed, left } of versions) {
    for (const { Name: old } of left) {
      context.info(move(changed.length > 0 ? `${key} (${changed.join(", ")})` : key, old, name));
      warnOfUses(old, name, wanted, prepared, inputs, context);
    }
  }
}

function move(key: string, old: string, name: string): string {
  return `network ${key}: its services are in ${old} and ${name} for a while, and then in ${name} alone; ${old} goes.`;
}

function warnOfUses(
  old: string,
  name: string,
  wanted: Compose,
  prepared: PreparedFiles,
  { composeFiles }: SwarmStackInputs,
  context: Context,
): void {
  const uses = usesOf(old, composeFiles, wanted, prepared);
  if (uses.length === 0) return;
  context.warn(
    `the network ${old} becomes ${name}, and its old name stands in ${uses.join(", ")}. What goes by it finds nothing there any more. ` +
      `Write the new name, or none: "web" in the place of "web.${old}".`,
  );
}
