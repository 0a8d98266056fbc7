import { isDeepStrictEqual } from "node:util";
import type { LocalNodeInputs } from "../../schema/local";
import type { ContainerInspect } from "../../docker/api/container";
import { updateContainer } from "../../docker/containers";
import { info } from "../../docker/nodes";
import { outerEngine } from "../../docker/outer";
import type { InSession } from "../../foundation/session";

type Limits = Pick<LocalNodeInputs, "memory" | "cpus" | "pids">;

const NANO = 1e9;

/** What a node may use, as Docker takes it. Swap counts as memory: a node that swaps is slow, and nobody sees why. */
export function limitsOf({ memory, cpus, pids }: Limits) {
  return {
    ...(memory === undefined ? {} : { Memory: memory, MemorySwap: memory }),
    ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * NANO) }),
    ...(pids === undefined ? {} : { PidsLimit: pids }),
  };
}

/** The limits of a container, of those that are wanted. */
export function actualLimits({ HostConfig }: ContainerInspect, wanted: Limits): Limits {
  const { Memory: memory, NanoCpus: nanoCpus, PidsLimit: pids } = HostConfig;
  return {
    ...(wanted.memory === undefined ? {} : { memory }),
    ...(wanted.cpus === undefined ? {} : { cpus: nanoCpus / NANO }),
    ...(wanted.pids === undefined ? {} : { pids: pids ?? 0 }),
  };
}

/** Changes the limits of a container that runs. One that is taken off becomes what the engine has: Docker removes none. */
export async function changeLimits(
  inputs: LocalNodeInputs,
  old: Limits,
  id: string,
  within: InSession,
): Promise<void> {
  const wanted = limitsOf(inputs);
  if (isDeepStrictEqual(wanted, limitsOf(old))) return;
  const engine = outerEngine(inputs.dockerHost, within);
  const { MemTotal: memory, NCPU: cpus } = await info(engine);
  const none = Object.keys(limitsOf(old)).length > 0 ? limitsOf({ memory, cpus, pids: 0 }) : {};
  await updateContainer(engine, { id }, `change the limits of ${inputs.name}`, { ...none, ...wanted });
}
