import { isDeepStrictEqual } from "node:util";
import type { SwarmJobInputs, SwarmJobOutputs } from "../../schema/job";
import { describeChanges } from "../../swarm/stacks/definition-changes";
import { readInSwarm } from "../../swarm/own-swarm";
import { inspectSwarm } from "../../docker/swarm";
import { runJob } from "../../swarm/stacks/run-job";
import { keepingMade, type Handler } from "../handler";
import { planned, SUMMED_UP } from "../stack-plan";
import { ofSwarm, owned } from "../traits";
import { swarmStack } from "./swarm-stack";

const WHAT_IT_RUNS = SUMMED_UP.filter((field) => field !== "ignore");

type State = SwarmJobInputs & SwarmJobOutputs;

/** A job: what `docker stack deploy` runs anew each time is deployed only where it has to run. */
export const swarmJob: Handler<SwarmJobInputs, SwarmJobOutputs> = {
  traits: [owned, ofSwarm],
  renewed: (_changed, old, inputs) => (runs(old, inputs) ? ["services", "specFields", "logs"] : []),
  deleteBeforeReplace: true,
  summary: { field: "definition", of: WHAT_IT_RUNS },

  async derived(inputs, old, context) {
    return { definition: await planned(inputs, old, context) };
  },

  previewedUpdate(old, inputs, context) {
    const { definition } = inputs;
    const lines = old.definition && definition ? describeChanges(old.definition, definition) : [];
    lines.push(runs(old, inputs) ? "It runs again." : "It runs when one of its triggers changes.");
    context.info(lines.join("\n"));
    return Promise.resolve();
  },

  check: (inputs, context) => swarmStack.check?.(inputs, context) ?? [],

  async present(inputs, context) {
    await swarmStack.present?.(inputs, context);
    return undefined;
  },

  async create(inputs, context) {
    const { name } = inputs;
    return { id: name, outputs: await keepingMade(runJob(inputs, context), name) };
  },

  /** It has run, whatever became of its service since: that nobody runs it again. */
  async read(_id, state, context) {
    const swarm = await readInSwarm(state, context, (engine) => inspectSwarm(engine, context.signal));
    if (swarm?.ID !== state.clusterId) return undefined;
    const { services, specFields, logs } = state;
    return { inputs: state, outputs: { services, specFields, logs } };
  },

  async update(_id, old, inputs, context) {
    if (runs(old, inputs)) return keepingMade(runJob(inputs, context), inputs.name);
    const { services, specFields, logs } = old;
    return { services, specFields, logs };
  },

  delete: (id, state, context) => swarmStack.delete(id, state, context),
};

/** Whether an update of a job runs it: its triggers have changed, or without any what it runs; or it never ended well. */
function runs(old: State, inputs: SwarmJobInputs): boolean {
  if (old.services.length === 0) return true;
  if (inputs.triggers) return !isDeepStrictEqual(old.triggers, inputs.triggers);
  if (old.definition && inputs.definition) return !isDeepStrictEqual(old.definition, inputs.definition);
  return WHAT_IT_RUNS.some((field) => !isDeepStrictEqual(old[field], inputs[field]));
}
