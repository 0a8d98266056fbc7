import type { SwarmStackInputs } from "../../schema/stack";
import type { Context } from "../../foundation/context";
import type { Service } from "../../docker/api/service";
import { changeService, createService, removeService, stackServices } from "../../docker/services";
import { authHeader } from "../../docker/registries";
import { onManager } from "../managers";
import { loginFor } from "./registry-logins";
import { stackConverged } from "../rollout/convergence";
import { removeStackOfOurs } from "./stack-removal";
import { removeUnusedVersions } from "./stack-versions";

/**
 * Makes all services of a stack run as they did before a deploy that failed: changed ones get their former spec, new ones go, removed ones
 * come back. Docker's own rollback is of one service, and knows nothing of the others.
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
    for (const { ID, Spec } of before) {
      if (now.some((service) => service.ID === ID)) await changeService(engine, ID, () => Spec, signal);
      else
        await createService(
          engine,
          Spec,
          signal,
          authHeader(loginFor(Spec.TaskTemplate.ContainerSpec?.Image ?? "", inputs)),
        );
    }
  });
  await stackConverged(name, managers, timeoutMs, context);
  await removeUnusedVersions(inputs, context);
}
