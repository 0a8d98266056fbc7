import type { StackService, SwarmStackInputs, SwarmStackOutputs } from "../contract/objects";
import { isOwnedBy } from "../contract/owner";
import { showPending } from "../engine/conditions";
import { stackConverged } from "../engine/convergence";
import { isSwarmGone, onManager } from "../engine/managers";
import type { Service } from "../engine/service-types";
import { describePort, specDigest, stackServices, stackTasks } from "../engine/services";
import { deployStack, mergedCompose, removeStack, withOurObjects } from "../engine/stack-deploy";
import { inspectSwarm } from "../engine/swarm";
import { waitFor } from "../engine/wait";
import { checkComposeFiles } from "../validation/compose";
import { checkVariables } from "../validation/compose-variables";
import type { Context, Handler } from "./handler";
import { PartialFailure } from "./handler";
import { refuseForeign } from "./outer";

const CONVERGE_TIMEOUT_S = 300;
const REMOVE_TIMEOUT_MS = 120_000;

/** A stack of services: deployed by Docker's own implementation, done when every service runs. */
export const swarmStack: Handler<SwarmStackInputs, SwarmStackOutputs> = {
  fields: {
    clusterId: "replace",
    owner: "replace",
    name: "replace",
    composeFiles: "update",
    secrets: "update",
    configs: "update",
    networks: "update",
    environment: "update",
    resolveImage: "update",
    imageFingerprints: "update",
    drift: "update",
    convergeTimeout: "connection",
    managers: "connection",
  },
  outputs: ["services"],
  renewed: () => ["services"],
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

  async create(inputs, context) {
    return { id: inputs.name, outputs: await deploy(inputs, context) };
  },

  async read(_id, state, context) {
    const [swarm, services] = await onManager(state.managers, context, (engine) =>
      Promise.all([inspectSwarm(engine, context.signal), stackServices(engine, state.name, context.signal)]),
    );
    // After a restore the same services run in a swarm with another ID: `create` goes on with them, where a
    // replacement would end them first.
    if (swarm.ID !== state.clusterId) return undefined;
    const own = services.filter(({ Spec }) => isOwnedBy(state.owner, Spec.Labels));
    if (own.length === 0 && state.services.length > 0) return undefined;
    const drift = driftOf(state.services, own);
    return {
      inputs: { ...state, drift: drift.length > 0 ? drift : undefined },
      outputs: { services: state.services },
    };
  },

  update: (_id, _old, inputs, context) => deploy(inputs, context),

  async delete(_id, state, context) {
    try {
      await remove(state, context);
    } catch (error) {
      if (!isSwarmGone(error)) throw error;
    }
  },
};

async function deploy(inputs: SwarmStackInputs, context: Context): Promise<SwarmStackOutputs> {
  await onManager(inputs.managers, context, async (engine) => {
    for (const { Spec } of await stackServices(engine, inputs.name, context.signal)) {
      refuseForeign(`The service "${Spec.Name}" of the swarm`, Spec.Labels, inputs.owner);
    }
    context.progress("deploying");
    const merged = await mergedCompose(engine.transport, inputs, context.signal);
    await deployStack(engine.transport, withOurObjects(merged, inputs), inputs, context.signal);
  });
  const timeoutMs = context.timeoutMs ?? (inputs.convergeTimeout ?? CONVERGE_TIMEOUT_S) * 1000;
  try {
    const services = await stackConverged(inputs.name, inputs.managers, timeoutMs, context);
    return { services: services.map(describe).sort((a, b) => a.name.localeCompare(b.name)) };
  } catch (error) {
    // It is deployed but does not run: kept in the state, so that the next run updates it and destroy removes it.
    throw new PartialFailure(inputs.name, { services: [] }, error as Error);
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

/** Services that were changed, added or removed by hand since the last deploy. */
function driftOf(deployed: readonly StackService[], actual: readonly Service[]): string[] {
  const missing = deployed.filter(({ name }) => !actual.some(({ Spec }) => Spec.Name === name));
  const changed = deployed.filter(({ name, specDigest: digest }) =>
    actual.some(({ Spec }) => Spec.Name === name && specDigest(Spec) !== digest),
  );
  return [
    ...missing.map(({ name }) => `${name} is gone`),
    ...changed.map(({ name }) => `${name} was changed`),
  ];
}

async function remove(state: SwarmStackInputs, context: Context): Promise<void> {
  await waitFor(
    {
      name: "its services and tasks are gone",
      on: `stack ${state.name}`,
      intervalMs: 500,
      timeoutMs: context.timeoutMs ?? REMOVE_TIMEOUT_MS,
      signal: context.signal,
      onPending: showPending(context, "removing"),
      remedy: `Look at what is left: npm run swarm -- docker stack ps ${state.name}`,
    },
    () =>
      onManager(state.managers, context, async (engine) => {
        const refusal = await removeStack(engine.transport, state.name, context.signal);
        if (refusal !== undefined) return { pending: refusal };
        const tasks = await stackTasks(engine, state.name, { current: false, signal: context.signal });
        const live = tasks.filter(({ Status }) => Status.State === "running");
        return live.length > 0 ? { pending: `${live.length} tasks still end` } : { done: undefined };
      }),
  );
}
