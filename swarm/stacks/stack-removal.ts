import type { SwarmStackInputs } from "../../schema/stack";
import type { EngineClient } from "../../docker/engine-client";
import { removeService, stackTasks } from "../../docker/services";
import { removeStack } from "./stack-deploy";
import { stackObjects, type StackObject } from "./stack-objects";
import { isForeignIn, isOwnedIn } from "../swarm-ownership";
import type { SwarmInspect } from "../../docker/api/swarm";
import { waitFor, type Look } from "../../foundation/wait";
import { type Context, showPending } from "../../foundation/context";
import { deleteInSwarm } from "../own-swarm";
import { SWARM_COMMAND } from "../../foundation/command-lines";

const REMOVE_TIMEOUT_MS = 120_000;

/**
 * Removes a stack by `docker stack rm`, which goes by nothing but its name. So each attempt is preceded by a look: where
 * somebody else has deployed a stack of that name meanwhile only services of ours go, and the rest stays.
 */
export async function removeStackOfOurs(state: SwarmStackInputs, context: Context): Promise<void> {
  const { name } = state;
  await waitFor<void>(
    {
      name: "its services and tasks are gone",
      on: `stack ${name}`,
      intervalMs: 500,
      timeoutMs: context.timeoutMs ?? REMOVE_TIMEOUT_MS,
      signal: context.signal,
      onPending: showPending(context, "removing"),
      remedy: `Look at what is left: ${SWARM_COMMAND} docker stack ps ${name}`,
    },
    async () => {
      let look: Look<void> = { done: undefined };
      await deleteInSwarm(`the stack ${name}`, state, context, async (engine, swarm) => {
        look = await attempt(engine, swarm, state, context);
      });
      return look;
    },
  );
}

async function attempt(
  engine: EngineClient,
  swarm: SwarmInspect,
  state: SwarmStackInputs,
  context: Context,
): Promise<Look<void>> {
  const { name } = state;
  const all = await stackObjects(engine, name, context.signal);
  const isTheirs = (object: StackObject) => isOthers(object, swarm, state);
  if (all.some(isTheirs)) {
    const ours = all.filter((object) => object.kind === "service" && !isTheirs(object));
    for (const { id, name: service } of ours)
      await removeService(engine, { id, name: service }, context.signal);
    const stays = all
      .filter((object) => !ours.includes(object))
      .map((object) => `${object.kind} ${object.name}`);
    context.warn(
      `somebody else has deployed a stack ${name}, and it stays: ${stays.join(", ")}. ` +
        `If it is not wanted: ${SWARM_COMMAND} docker stack rm ${name}`,
    );
    return { done: undefined };
  }
  const refusal = await removeStack(engine.transport, name, context.signal);
  if (refusal !== undefined) return { pending: refusal };
  const tasks = await stackTasks(engine, name, context.signal);
  const live = tasks.filter(({ Status }) => Status.State === "running");
  return live.length > 0 ? { pending: `${live.length} tasks still end` } : { done: undefined };
}

/** Every service of ours says so; a network or a file may be from before they did. */
function isOthers(object: StackObject, { Spec }: SwarmInspect, { owner }: SwarmStackInputs): boolean {
  return object.kind === "service"
    ? !isOwnedIn(Spec.Labels, owner, object)
    : isForeignIn(Spec.Labels, owner, object);
}
