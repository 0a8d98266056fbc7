import { randomBytes } from "node:crypto";
import type { ClusterIdentityInputs, ClusterIdentityOutputs } from "../../schema/cluster-identity";
import type { Handler } from "../handler";

const BYTES = 16;

/**
 * The identity of a cluster. It is in the state before anything else of the cluster is made, so what an interrupted run
 * left carries it, and whoever has another state has another one.
 */
export const clusterIdentity: Handler<ClusterIdentityInputs, ClusterIdentityOutputs> = {
  create() {
    const identity = randomBytes(BYTES).toString("hex");
    return Promise.resolve({ id: identity, outputs: { identity } });
  },

  read: (_id, state) => Promise.resolve({ inputs: state, outputs: { identity: state.identity } }),

  update: (_id, old) => Promise.resolve({ identity: old.identity }),

  delete: () => Promise.resolve(),
};
