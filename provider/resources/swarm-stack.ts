import type { StackService, SwarmStackInputs, SwarmStackOutputs } from "../../schema/objects";
import { shapeOf } from "../../schema/package-schema";
import { hasFailed, stackConverged } from "../../swarm/rollout/convergence";
import { onManager } from "../../swarm/managers";
import type { Service } from "../../docker/api/service";
import { describePort, specDigest, stackServices, stackTasks } from "../../docker/services";
import { deployStack, mergedCompose, withOurObjects } from "../../swarm/stacks/stack-deploy";
import { inspectSwarm } from "../../docker/swarm";
import { isOwnedIn } from "../../swarm/swarm-ownership";
import { checkComposeFiles } from "../../validation/compose";
import { checkVariables } from "../../validation/compose-variables";
import { difference } from "../difference";
import type { Handler } from "../handler";
import type { Context } from "../../foundation/context";
import { PartialFailure } from "../handler";
import { inSwarm, readInSwarm } from "../../swarm/own-swarm";
import { wasRepaired } from "../../swarm/repaired";
import { insideOfService, refuseToPrune, stackOfOthers } from "../../swarm/stacks/stack-adopt";
import { tasksAnnounced } from "../../swarm/stacks/stack-announced";
import { changedByHand, shortOf } from "../../swarm/stacks/stack-drift";
import { removeStackOfOurs } from "../../swarm/stacks/stack-removal";
import { ofSwarm, owned } from "../traits";

const CONVERGE_TIMEOUT_S = 300;

/** A stack of services: deployed by Docker's own implementation, done when every service runs. */
export const swarmStack: Handler<SwarmStackInputs, SwarmStackOutputs> = {
  traits: [owned, ofSwarm],
  renewed: () => ["services"],
  due: (_old, inputs, within) => (wasRepaired(inputs, within) ? ["drift"] : []),
  deleteBeforeReplace: true,

  check({ composeFiles, secrets, configs, networks, environment }) {
    const declared = {
      secrets: Object.keys(secrets ?? {}),
      configs: Object.keys(configs ?? {}),
      networks: Object.keys(networks ?? {}),
    };
    return [
      ...(composeFiles ? checkComposeFiles(composeFiles, declared) : []),
      ...checkVariables(environment),
    ];
  },

  async present(inputs, context) {
    await inSwarm(inputs, context, (engine) => stackOfOthers(engine, inputs, context));
    return undefined;
  },

  async create(inputs, context) {
    return { id: inputs.name, outputs: await deploy(inputs, context) };
  },

  async read(_id, state, context) {
    const found = await readInSwarm(state, context, (engine) =>
      Promise.all([
        inspectSwarm(engine, context.signal),
        stackServices(engine, state.name, context.signal),
        stackTasks(engine, state.name, { current: true, signal: context.signal }),
      ]),
    );
    if (!found) return undefined;
    const [swarm, services, tasks] = found;
    // After a restore the same services run in a swarm with another ID: `create` goes on with them, where a
    // replacement would end them first.
    if (swarm.ID !== state.clusterId) return undefined;
    const own = services.filter((service) =>
      isOwnedIn(swarm.Spec.Labels, state.owner, insideOfService(service)),
    );
    if (own.length === 0 && state.services.length > 0) return undefined;
    const drift = [...changedByHand(state.services, own), ...shortOf(own, tasks)];
    return {
      inputs: { ...state, drift: drift.length > 0 ? drift : undefined },
      outputs: { services: state.services },
    };
  },

  async update(_id, old, inputs, context) {
    // A deploy asks the registry and may renew what runs; tasks that are on their way need nothing but time.
    const isOnlyShort = await isAsDeployed(old, inputs, context);
    const outputs = isOnlyShort
      ? await converged(inputs, old.services, context)
      : await deploy(inputs, context);
    // Tasks that were short, or on machines that were started, have begun in engines that had just come back.
    if (old.drift || wasRepaired(inputs, context)) await announced(inputs, outputs, context);
    return outputs;
  },

  delete: (_id, state, context) => removeStackOfOurs(state, context),
};

async function deploy(inputs: SwarmStackInputs, context: Context): Promise<SwarmStackOutputs> {
  await inSwarm(inputs, context, async (engine) => {
    const others = await stackOfOthers(engine, inputs, context);
    context.progress("deploying");
    const merged = await mergedCompose(engine.transport, inputs, context.signal);
    refuseToPrune(others, merged, inputs);
    await deployStack(engine.transport, withOurObjects(merged, inputs), inputs, context.signal);
  });
  return converged(inputs, [], context);
}

/** Whether nothing of a stack changed, in the program or by hand, and no update of a service of it has failed. */
async function isAsDeployed(
  old: SwarmStackInputs & SwarmStackOutputs,
  inputs: SwarmStackInputs,
  context: Context,
): Promise<boolean> {
  const { changes } = shapeOf("swarm:index:SwarmStack");
  const { changed } = difference(changes, { ...old }, { ...inputs });
  const isSame = changed.every((field) => field === "drift" || changes[field] === "connection");
  // A deploy that failed leaves no services in the state.
  if (!isSame || old.services.length === 0) return false;
  const services = await onManager(inputs.managers, context, (engine) =>
    stackServices(engine, inputs.name, context.signal),
  );
  const hasFailures = services.some(({ UpdateStatus }) => hasFailed(UpdateStatus?.State));
  return !hasFailures && changedByHand(old.services, services).length === 0;
}

/** @param known - what the state says of its services where they do not all run in time. */
async function converged(
  inputs: SwarmStackInputs,
  known: StackService[],
  context: Context,
): Promise<SwarmStackOutputs> {
  const timeoutMs = context.timeoutMs ?? (inputs.convergeTimeout ?? CONVERGE_TIMEOUT_S) * 1000;
  try {
    const services = await stackConverged(inputs.name, inputs.managers, timeoutMs, context);
    return { services: services.map(describe).sort((a, b) => a.name.localeCompare(b.name)) };
  } catch (error) {
    // It is deployed but does not run: kept in the state, so that the next run updates it and destroy removes it.
    throw new PartialFailure(inputs.name, { services: known }, error as Error);
  }
}

async function announced(
  inputs: SwarmStackInputs,
  { services }: SwarmStackOutputs,
  context: Context,
): Promise<void> {
  try {
    await tasksAnnounced(inputs, context);
  } catch (error) {
    throw new PartialFailure(inputs.name, { services }, error as Error);
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
