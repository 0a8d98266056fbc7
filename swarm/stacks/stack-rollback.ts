import type { SwarmStackInputs } from "../../schema/stack";
import type { Context } from "../../foundation/context";
import type { Service } from "../../docker/api/service";
import { changeService, createService, removeService, stackServices } from "../../docker/services";
import { authHeader } from "../../docker/registries";
import { onManager } from "../managers";
import { loginFor } from "./registry-logins";
import { stackConverged } from "../rollout/convergence";
import { isJob } from "../rollout/service-standing";
import { removeStackOfOurs } from "./stack-removal";
import { removeUnusedVersions } from "./stack-versions";

/**
 * Makes all services of a stack run as they did before a deploy that failed: changed ones get their former spec, new ones go, removed ones
 * come back, and those that the deploy did not get to are left alone. A job that was changed goes: as a former spec it would run again, a
 * former migration for one, and as it is it may go on to be tried. Docker's own rollback is of one service, and knows nothing of the others.
 *
 * @param before - the services as they were; none where the stack was new, which is removed
 */
export async function rollBack(
  before: readonly Service[],
  inputs: SwarmStackInputs,
  timeoutMs: number,
  context: Context,
): Promise<void> {
  const { name, managers } = inputs;
  const { signal } = context;
  context.progress("rolling back");
  if (before.length === 0) return removeStackOfOurs(inputs, context);
  await onManager(managers, context, async (engine) => {
    const now = await stackServices(engine, name, signal);
    for (const { ID: id, Spec } of now)
      if (!before.some(({ ID }) => ID === id)) await removeService(engine, { id, name: Spec.Name }, signal);
    for (const service of before) {
      const { ID, Spec, Version } = service;
      const present = now.find((one) => one.ID === ID);
      if (present?.Version.Index === Version.Index) continue;
      const login = loginFor(Spec.TaskTemplate.ContainerSpec?.Image ?? "", inputs);
      if (isJob(service)) await removeService(engine, { id: ID, name: Spec.Name }, signal);
      else if (present) await changeService(engine, ID, () => Spec, signal);
      else await createService(engine, Spec, signal, authHeader(login));
    }
  });
  await stackConverged(name, managers, timeoutMs, context);
  await removeUnusedVersions(inputs, context);
}
