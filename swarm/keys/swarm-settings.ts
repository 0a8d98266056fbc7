import type { SwarmInputs, SwarmOutputs } from "../../schema/swarm";
import { inspectSwarm } from "../../docker/swarm";
import type { Context } from "../../foundation/context";
import { parseDuration } from "../../validation/duration";
import { changeSwarm } from "../change-swarm";
import { onManager } from "../managers";
import { makeOurs, refuseForeignSwarm } from "../membership/find-swarm";
import { isForeignSwarm } from "../swarm-ownership";
import { swarmOutputs } from "../swarm-outputs";
import { applySettings } from "../swarm-spec";
import { refuseRotationWithNodesDown, rootRotated } from "./ca-rotation";
import { dueRotations } from "./rotation";
import { unlockAll } from "./unlock-swarm";

/** Gives a swarm other settings and owners, unlocks its managers, and rotates what is due of its tokens, keys and CA. */
export async function changeSettings(
  old: SwarmInputs & SwarmOutputs,
  inputs: SwarmInputs,
  context: Context,
): Promise<SwarmOutputs> {
  const { managers, owner } = inputs;
  if (inputs.unlocked && !old.unlocked) await unlockAll(managers, old, context);
  const rotatesCa = inputs.caForceRotate !== undefined && inputs.caForceRotate !== old.caForceRotate;
  if (rotatesCa) await refuseRotationWithNodesDown(managers, context);
  const found = await onManager(managers, context, (engine) => inspectSwarm(engine, context.signal));
  if (isForeignSwarm(owner, found.Spec.Labels)) refuseForeignSwarm(managers[0].name, found, inputs, context);
  await makeOurs(found, managers, owner, context);
  await changeSwarm(managers, context, (spec) => applySettings(spec, inputs, old), dueRotations(old, inputs));
  if (rotatesCa) {
    const timeoutMs = context.timeoutMs ?? parseDuration(inputs.caRotationTimeout ?? "");
    await rootRotated(managers, { ...context, timeoutMs });
  }
  return swarmOutputs(managers, context, old);
}
