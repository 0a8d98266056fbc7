import { isDeepStrictEqual } from "node:util";
import type Docker from "dockerode";
import type { LocalNodeInputs } from "../../schema/local";
import { onOuterEngine } from "../../docker/outer";
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
export function actualLimits({ HostConfig }: Docker.ContainerInspectInfo, wanted: Limits): Limits {
  const { Memory: memory, NanoCpus: nanoCpus = 0, PidsLimit: pids } = HostConfig;
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
  await onOuterEngine(inputs.dockerHost, within, `change the limits of ${inputs.name}`, async (docker) => {
    const { MemTotal: memory, NCPU: cpus } = (await docker.info()) as { MemTotal: number; NCPU: number };
    const none = Object.keys(limitsOf(old)).length > 0 ? limitsOf({ memory, cpus, pids: 0 }) : {};
    await docker.getContainer(id).update({ ...none, ...wanted });
  });
}
