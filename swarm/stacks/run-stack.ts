import { deployedServices, type SwarmStackInputs, type SwarmStackOutputs } from "../../schema/stack";
import type { Service } from "../../docker/api/service";
import { stackServices } from "../../docker/services";
import type { Context } from "../../foundation/context";
import { Unfinished } from "../../foundation/unfinished";
import { onManager } from "../managers";
import { inSwarm } from "../own-swarm";
import { wasRepaired } from "../repaired";
import { hasFailed } from "../rollout/service-standing";
import { refuseToPrune, stackOfOthers } from "./stack-adopt";
import { tasksAnnounced } from "./stack-announced";
import { mergedCompose } from "./stack-deploy";
import { deployInTurn } from "./deploy-in-turn";
import { definitionOf } from "./definition";
import { deploymentsOf } from "./deployments";
import { planNetworks, type NetworkPlan } from "./network-plan";
import { removeLeftNetworks, removeNewNetworks } from "./network-removal";
import { converged, timeoutOf, type Made } from "./stack-converged";
import { digestsOf, pinned } from "./image-digests";
import { refuseLogins, withFormerLogins } from "./registry-logins";
import { renewLogins } from "./renew-logins";
import { changedByHand } from "./stack-drift";
import { preparedFiles } from "./stack-files";
import { withIgnored } from "./stack-ignore";
import { rollBack } from "./stack-rollback";
import { madeFromFiles, removeFormerVersions } from "./stack-versions";

/**
 * Deploys a stack, and waits until every service of it runs.
 *
 * @throws Unfinished where it is deployed and does not run; Error where all of it was taken back.
 */
export async function runStack(inputs: SwarmStackInputs, context: Context): Promise<Made> {
  const { before, versions, definition, networks } = await prepare(inputs, context);
  const made = { services: [], specFields: {}, definition };
  const deployments = deploymentsOf(networks.wanted, inputs, networks.both);
  const outputs = await deployInTurn(deployments, versions, inputs, made, context).catch((error: unknown) => {
    if (inputs.onFailure !== "rollback" || context.signal.aborted || !(error instanceof Unfinished))
      throw error;
    return takenBack(error as Unfinished<Made>, before, networks, inputs, context);
  });
  await removeFormerVersions(versions, inputs, context);
  await removeLeftNetworks(networks, inputs, context);
  return outputs;
}

/** All that is known and made before a service is touched. */
function prepare(inputs: SwarmStackInputs, context: Context) {
  return inSwarm(inputs, context, async (engine) => {
    const others = await stackOfOthers(engine, inputs, context);
    context.progress("deploying");
    await refuseLogins(engine, inputs, context);
    const prepared = preparedFiles(inputs);
    const merged = await mergedCompose(engine.transport, inputs, prepared, context);
    refuseToPrune(others, merged, inputs);
    const before = await stackServices(engine, inputs.name, context.signal);
    const digests = await digestsOf(engine, merged, inputs, context);
    const wanted = pinned(withIgnored(merged, before, inputs), digests);
    const networks = await planNetworks(engine, wanted, before, prepared, inputs, context);
    const versions = await madeFromFiles(merged, prepared, inputs, context);
    const definition = definitionOf(merged, prepared, inputs, context.secretTexts, digests);
    return { before, versions, definition, networks };
  });
}

/** The deployment has failed, whatever comes of taking it back. */
async function takenBack(
  failure: Unfinished<Made>,
  before: Service[],
  networks: NetworkPlan,
  inputs: SwarmStackInputs,
  context: Context,
): Promise<never> {
  try {
    await rollBack(before, inputs, timeoutOf(inputs, context), context);
    await removeNewNetworks(networks, inputs, context);
  } catch (error) {
    const why = `${failure.message}\nTaking it back failed as well: ${(error as Error).message}`;
    throw new Unfinished(failure.made, new Error(why));
  }
  const what = before.length === 0 ? "What it had made is removed." : "All its services run again as before.";
  throw new Error(`${failure.message}\nRolled back: ${what}`);
}

/**
 * Makes a stack that was deployed before run as it is wanted now.
 *
 * @param isSame - whether the program says of it what it said before, but for logins.
 */
export async function runStackAgain(
  old: SwarmStackInputs & SwarmStackOutputs,
  inputs: SwarmStackInputs,
  isSame: boolean,
  context: Context,
): Promise<Made> {
  // A deploy asks the registry and may renew what runs; tasks that are on their way need nothing but time.
  const isOnlyShort = isSame && (await isAsDeployed(old, inputs, context));
  if (isOnlyShort) await renewLogins(old, inputs, context);
  const outputs = isOnlyShort
    ? await converged(inputs, old, context)
    : await runStack(withFormerLogins(old, inputs), context);
  // Tasks that were short, or on machines that were started, have begun in engines that had just come back.
  if (old.drift || wasRepaired(inputs, context)) await announced(inputs, outputs, context);
  return outputs;
}

/** Whether nothing of a stack was changed by hand, and no update of a service of it has failed. */
async function isAsDeployed(
  old: SwarmStackOutputs,
  { name, managers }: SwarmStackInputs,
  context: Context,
): Promise<boolean> {
  // A deploy that failed leaves no services in the state.
  const deployed = deployedServices(old);
  if (deployed.length === 0) return false;
  const services = await onManager(managers, context, (engine) =>
    stackServices(engine, name, context.signal),
  );
  const hasFailures = services.some(({ UpdateStatus }) => hasFailed(UpdateStatus?.State));
  return !hasFailures && changedByHand(deployed, services).length === 0;
}

async function announced(inputs: SwarmStackInputs, made: Made, context: Context): Promise<void> {
  try {
    await tasksAnnounced(inputs, context);
  } catch (error) {
    throw new Unfinished(made, error as Error);
  }
}
