import { isDeepStrictEqual } from "node:util";
import type { PreflightInputs, PreflightOutputs } from "../../schema/preflight";
import { passPreflight } from "../../machines/preflight";
import { checkPreflight } from "../../validation/preflight";
import type { Handler } from "../handler";
import type { Context } from "../../foundation/context";
import { owned } from "../traits";

/** All machines can be one swarm: looked at before the first of them joins, and again when they change. */
export const preflight: Handler<PreflightInputs, PreflightOutputs> = {
  traits: [owned],
  renewed: (changed) => (changed.some((field) => field !== "owner") ? ["checkedAt"] : []),

  check: (inputs) => checkPreflight(inputs),
  create: async (inputs, context) => ({ id: inputs.owner.cluster, outputs: await look(inputs, context) }),
  read: async (_id, state) => ({ inputs: state, outputs: { checkedAt: state.checkedAt } }),
  update: async (_id, old, inputs, context) =>
    isSame(old, inputs) ? { checkedAt: old.checkedAt } : look(inputs, context),
  delete: async () => undefined,
};

async function look(inputs: PreflightInputs, context: Context): Promise<PreflightOutputs> {
  if (inputs.skip) return { checkedAt: "" };
  await passPreflight(inputs, context);
  return { checkedAt: new Date().toISOString() };
}

/** Another way to the same machines says nothing new about them. */
function isSame(old: PreflightInputs, inputs: PreflightInputs): boolean {
  return isDeepStrictEqual(comparable(old), comparable(inputs));
}

function comparable({
  hosts,
  dataPathPort,
  defaultAddrPool,
  maxOffset,
  allowOldEngines,
  skip,
}: PreflightInputs) {
  const places = hosts.map(({ connection: _connection, ...host }) => host);
  const rules = { dataPathPort, defaultAddrPool, maxOffset, allowOldEngines, skip };
  return JSON.parse(JSON.stringify({ places, rules })) as unknown;
}
