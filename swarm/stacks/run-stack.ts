import type { StackService, SwarmStackInputs, SwarmStackOutputs } from "../../schema/stack";
import type { Service } from "../../docker/api/service";
import { describePort, specDigest, stackServices } from "../../docker/services";
import type { Context } from "../../foundation/context";
import { Unfinished } from "../../foundation/unfinished";
import { onManager } from "../managers";
import { inSwarm } from "../own-swarm";
import { wasRepaired } from "../repaired";
import { hasFailed, stackConverged } from "../rollout/convergence";
import { refuseToPrune, stackOfOthers } from "./stack-adopt";
import { tasksAnnounced } from "./stack-announced";
import { deployStack, mergedCompose, withOurObjects } from "./stack-deploy";
import { definitionOf } from "./definition/definition";
import { changedByHand } from "./stack-drift";
import { preparedFiles } from "./stack-files";
import { madeFromFiles, removeFormerVersions } from "./stack-versions";

/** What the state keeps of a deployed stack beside what was asked for. */
type Made = SwarmStackOutputs & Pick<SwarmStackInputs, "definition">;

const CONVERGE_TIMEOUT_S = 300;

/**
 * Deploys a stack, and waits until every service of it runs.
 *
 * @throws Unfinished where it is deployed and does not run.
 */
export async function runStack(inputs: SwarmStackInputs, context: Context): Promise<Made> {
  const { versions, definition } = await inSwarm(inputs, context, async (engine) => {
    const others = await stackOfOthers(engine, inputs, context);
    context.progress("deploying");
    const prepared = preparedFiles(inputs);
    const merged = await mergedCompose(engine.transport, inputs, prepared, context.signal);
    refuseToPrune(others, merged, inputs);
    const versions = await madeFromFiles(merged, prepared, inputs, context);
    await deployStack(engine.transport, withOurObjects(merged, inputs, versions), inputs, context.signal);
    return { versions, definition: definitionOf(merged, prepared, inputs, context.secretTexts) };
  });
  const outputs = await converged(inputs, { services: [], definition }, context);
  await removeFormerVersions(versions, inputs, context);
  return outputs;
}

/**
 * Makes a stack that was deployed before run as it is wanted now.
 *
 * @param isSame - whether the program says of it what it said before.
 */
export async function runStackAgain(
  old: SwarmStackInputs & SwarmStackOutputs,
  inputs: SwarmStackInputs,
  isSame: boolean,
  context: Context,
): Promise<Made> {
  // A deploy asks the registry and may renew what runs; tasks that are on their way need nothing but time.
  const isOnlyShort = isSame && (await isAsDeployed(old, inputs, context));
  const outputs = isOnlyShort
    ? await converged(inputs, { ...old }, context)
    : await runStack(inputs, context);
  // Tasks that were short, or on machines that were started, have begun in engines that had just come back.
  if (old.drift || wasRepaired(inputs, context)) await announced(inputs, outputs, context);
  return outputs;
}

/** Whether nothing of a stack was changed by hand, and no update of a service of it has failed. */
async function isAsDeployed(
  { services: deployed }: SwarmStackOutputs,
  { name, managers }: SwarmStackInputs,
  context: Context,
): Promise<boolean> {
  // A deploy that failed leaves no services in the state.
  if (deployed.length === 0) return false;
  const services = await onManager(managers, context, (engine) =>
    stackServices(engine, name, context.signal),
  );
  const hasFailures = services.some(({ UpdateStatus }) => hasFailed(UpdateStatus?.State));
  return !hasFailures && changedByHand(deployed, services).length === 0;
}

/** @param known - what the state says of its services where they do not all run in time. */
async function converged(
  inputs: SwarmStackInputs,
  { services: known, definition }: Made,
  context: Context,
): Promise<Made> {
  const timeoutMs = context.timeoutMs ?? (inputs.convergeTimeout ?? CONVERGE_TIMEOUT_S) * 1000;
  try {
    const services = await stackConverged(inputs.name, inputs.managers, timeoutMs, context);
    const described = services.map(describe).sort((a, b) => a.name.localeCompare(b.name));
    return { services: described, definition };
  } catch (error) {
    // It is deployed but does not run: kept in the state, so that the next run updates it and destroy removes it.
    throw new Unfinished({ services: known, definition }, error as Error);
  }
}

async function announced(inputs: SwarmStackInputs, made: Made, context: Context): Promise<void> {
  try {
    await tasksAnnounced(inputs, context);
  } catch (error) {
    throw new Unfinished(made, error as Error);
  }
}

function describe({ Spec, ServiceStatus }: Service): StackService {
  return {
    name: Spec.Name,
    image: Spec.TaskTemplate.ContainerSpec?.Image ?? "",
    replicas: ServiceStatus?.RunningTasks ?? 0,
    ports: (Spec.EndpointSpec?.Ports ?? []).map(describePort),
    specDigest: specDigest(Spec),
  };
}
