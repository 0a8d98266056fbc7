import { isDeepStrictEqual } from "node:util";
import { authHeader } from "../../docker/registries";
import { changeService, stackServices } from "../../docker/services";
import type { SwarmStackInputs } from "../../schema/stack";
import type { Context } from "../../foundation/context";
import { inSwarm } from "../own-swarm";
import { isJob } from "../rollout/service-standing";
import { loginFor, loginsOf, refuseLogins } from "./registry-logins";

/**
 * Gives a stack's services other logins, and changes nothing else: swarmkit renews no task for that. It would for a deploy, as
 * Docker then leaves out the platforms of images, and tasks that differ in both count as others (swarmkit,
 * manager/orchestrator/task.go). Jobs get theirs with their next run: each write makes them run.
 */
export async function renewLogins(
  old: SwarmStackInputs,
  inputs: SwarmStackInputs,
  context: Context,
): Promise<void> {
  if (isDeepStrictEqual(loginsOf(old), loginsOf(inputs))) return;
  const { signal } = context;
  await inSwarm(inputs, context, async (engine) => {
    await refuseLogins(engine, inputs, context);
    for (const service of await stackServices(engine, inputs.name, signal)) {
      const login = loginFor(service.Spec.TaskTemplate.ContainerSpec?.Image ?? "", inputs);
      if (!isJob(service)) await changeService(engine, service.ID, (spec) => spec, signal, authHeader(login));
    }
  });
}
