import type { SwarmStackInputs, SwarmStackOutputs } from "../../schema/stack";
import { shapeOf } from "../../schema/package-schema";
import { describeChanges } from "../../swarm/stacks/definition-changes";
import { inSwarm } from "../../swarm/own-swarm";
import { wasRepaired } from "../../swarm/repaired";
import { runStack, runStackAgain } from "../../swarm/stacks/run-stack";
import { stackOfOthers } from "../../swarm/stacks/stack-adopt";
import { lookAtStack } from "../../swarm/stacks/stack-look";
import { removeStackOfOurs } from "../../swarm/stacks/stack-removal";
import { checkComposeFiles } from "../../validation/compose";
import { checkIgnore } from "../../validation/compose-ignore";
import { checkSources } from "../../validation/compose-sources";
import { checkStages } from "../../validation/compose-stages";
import { checkVariables } from "../../validation/compose-variables";
import { checkLogins } from "../../validation/registries";
import { difference } from "../difference";
import { keepingMade, type Handler } from "../handler";
import { planned, previewedNetworks, SUMMED_UP } from "../stack-plan";
import { ofSwarm, owned } from "../traits";

/** A stack of services: deployed by Docker's own implementation, done when every service runs. */
export const swarmStack: Handler<SwarmStackInputs, SwarmStackOutputs> = {
  traits: [owned, ofSwarm],
  renewed: () => ["services", "specFields"],
  due: (_old, inputs, within) => (wasRepaired(inputs, within) ? ["drift"] : []),
  deleteBeforeReplace: true,
  summary: { field: "definition", of: SUMMED_UP },

  async derived(inputs, old, context) {
    return { definition: await planned(inputs, old, context) };
  },

  async previewedUpdate(old, inputs, context) {
    const { definition } = inputs;
    const lines = old.definition && definition ? describeChanges(old.definition, definition) : [];
    if (lines.length > 0) context.info(lines.join("\n"));
    await previewedNetworks(old, inputs, context);
  },

  check({ composeFiles, files, secrets, configs, networks, environment, ignore, stages, ...inputs }) {
    const declared = {
      secrets: Object.keys(secrets ?? {}),
      configs: Object.keys(configs ?? {}),
      networks: Object.keys(networks ?? {}),
    };
    return [
      ...(composeFiles ? checkComposeFiles(composeFiles, declared, { variables: environment }) : []),
      // Files are missing from the inputs as long as they are not known, or as nothing names one.
      ...(composeFiles && files ? checkSources(composeFiles, environment ?? {}, files) : []),
      ...checkVariables(environment),
      ...checkIgnore(ignore, composeFiles),
      ...checkLogins(inputs.registries, inputs.registryPasswords),
      ...checkStages(stages, composeFiles),
    ];
  },

  async present(inputs, context) {
    await inSwarm(inputs, context, (engine) => stackOfOthers(engine, inputs, context));
    return undefined;
  },

  async create(inputs, context) {
    const { name } = inputs;
    return { id: name, outputs: await keepingMade(runStack(inputs, context), name) };
  },

  async read(_id, state, context) {
    const found = await lookAtStack(state, context);
    const drift = found?.drift.length ? found.drift : undefined;
    return (
      found && {
        inputs: { ...state, drift },
        outputs: { services: state.services, specFields: state.specFields },
      }
    );
  },

  update: (_id, old, inputs, context) =>
    keepingMade(runStackAgain(old, inputs, isSame(old, inputs), context), inputs.name),

  delete: (_id, state, context) => removeStackOfOurs(state, context),
};

/** What is put right without a deploy, which would run its jobs again. */
const APART = ["drift", "registries", "registryPasswords"];

/** Whether the program says of a stack what it said before. */
function isSame(old: SwarmStackInputs & SwarmStackOutputs, inputs: SwarmStackInputs): boolean {
  const { changes } = shapeOf("swarm:index:SwarmStack");
  const { changed } = difference(changes, { ...old }, { ...inputs });
  // One that no Check had to make is that of the state.
  const isKnown = (field: string) => field !== "definition" || inputs.definition !== undefined;
  return changed.filter(isKnown).every((field) => APART.includes(field) || changes[field] === "connection");
}
