import type { ExistingSwarmInputs, ExistingSwarmOutputs } from "../../schema/existing-swarm";
import { isSwarmGone, NoManager, onManager } from "../../swarm/managers";
import { inspectSwarm } from "../../docker/swarm";
import type { Handler } from "../handler";
import type { Context } from "../../foundation/context";
import { inAnother } from "../../swarm/own-swarm";
import { ofSwarm, owned } from "../traits";

/** A swarm that another program, or nobody's, makes: found through its managers, and never changed. */
export const existingSwarm: Handler<ExistingSwarmInputs, ExistingSwarmOutputs> = {
  traits: [owned, ofSwarm],
  renewed: (changed) => (changed.includes("expectedId") ? ["clusterId"] : []),

  async previewed(inputs, context) {
    if (!inputs.forget) await find(inputs, context);
  },

  async create(inputs, context) {
    const clusterId = await find(inputs, context);
    return { id: clusterId, outputs: { clusterId } };
  },

  async read(_id, state, context) {
    try {
      const clusterId = await idOf(state, context, (ID) => ID);
      return clusterId === state.clusterId ? { inputs: state, outputs: { clusterId } } : undefined;
    } catch (error) {
      if (isSwarmGone(error)) return undefined;
      throw error;
    }
  },

  async update(_id, old, inputs, context) {
    try {
      const { expectedId = old.clusterId } = inputs;
      return { clusterId: await find({ ...inputs, expectedId }, context) };
    } catch (error) {
      if (!inputs.forget || !(error instanceof NoManager)) throw error;
      context.warn(`not looked at: ${error.message}`);
      return { clusterId: old.clusterId };
    }
  },

  delete: () => Promise.resolve(),
};

/** The cluster ID that the managers tell, where it is the one that is expected. */
function find(inputs: ExistingSwarmInputs, context: Context): Promise<string> {
  const { expectedId } = inputs;
  return idOf(inputs, context, (ID, name) => {
    if (expectedId !== undefined && ID !== expectedId) throw inAnother(name, ID, expectedId);
    return ID;
  });
}

function idOf(
  { managers }: ExistingSwarmInputs,
  context: Context,
  judged: (ID: string, manager: string) => string,
): Promise<string> {
  return onManager(managers, context, async (engine, { name }) => {
    const { ID } = await inspectSwarm(engine, context.signal);
    return judged(ID, name);
  });
}
