import type { SwarmStackInputs, SwarmStackOutputs } from "../../schema/stack";
import { swarmNetworks } from "../../docker/networks";
import type { Context } from "../../foundation/context";
import { Unfinished } from "../../foundation/unfinished";
import { onManager } from "../managers";
import { leftBehind, withoutLeft } from "../objects/network-leaving";
import { stackConverged, type StackLook } from "../rollout/convergence";
import { imageTrouble } from "./image-trouble";
import { failureReport } from "./stack-failure";
import { describeFields, describeServices } from "./stack-services";

/** What the state keeps of a deployed stack beside what was asked for. */
export type Made = SwarmStackOutputs & Pick<SwarmStackInputs, "definition">;

const CONVERGE_TIMEOUT_S = 300;

export async function converged(inputs: SwarmStackInputs, known: Made, context: Context): Promise<Made> {
  const look = await convergedOr(inputs, known, context);
  const networks = await onManager(inputs.managers, context, (engine) =>
    swarmNetworks(engine, context.signal),
  );
  const names = new Map(networks.map(({ Id, Name }) => [Id, Name]));
  // Services leave a former version of the program's networks once all stacks have moved, and are known as they are then.
  const left = leftBehind(networks, Object.values(inputs.networks ?? {}));
  const settled = { ...look, services: look.services.map((service) => withoutLeft(service, left)) };
  const described = describeServices(settled, names, inputs);
  return { services: described, specFields: describeFields(settled), definition: known.definition };
}

/**
 * @param known - what the state says of it where its services do not run in time
 * @param waitsFor - names in the compose file; all services of the stack by default
 */
export async function convergedOr(
  inputs: SwarmStackInputs,
  known: Made,
  context: Context,
  waitsFor?: readonly string[],
): Promise<StackLook> {
  const { name, managers } = inputs;
  const only = waitsFor?.map((service) => `${name}_${service}`);
  try {
    return await stackConverged(name, managers, timeoutOf(inputs, context), context, only);
  } catch (error) {
    const trouble = await imageTrouble(error, inputs, context);
    const message = [(error as Error).message, trouble].filter(Boolean).join("\n");
    const report = context.signal.aborted ? "" : await failureReport(inputs, context);
    // It is deployed but does not run: kept in the state, so that the next run updates it and destroy removes it.
    throw new Unfinished(
      { services: known.services, specFields: known.specFields, definition: known.definition },
      new Error(report ? `${message}\n${report}` : message, { cause: error }),
    );
  }
}

export function timeoutOf(
  { convergeTimeout = CONVERGE_TIMEOUT_S }: SwarmStackInputs,
  { timeoutMs }: Context,
): number {
  return timeoutMs ?? convergeTimeout * 1000;
}
