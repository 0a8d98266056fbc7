import { createHash } from "node:crypto";
import type { InSession } from "../../foundation/session";
import { Operations, type AnyHandler } from "../../provider/rpc/operations";
import type { Properties } from "../../provider/values";
import { shapeOf } from "../../schema/package-schema";
import type { ResourceType } from "../../schema/resources";

/** Values as long as the real ones. */
const TIME = new Date(0).toISOString();
const token = (role: string) => `SWMTKN-1-${"0".repeat(50)}-${role.padEnd(25, "0")}`;

const OUTPUTS: Record<string, (inputs: Properties) => Properties> = {
  ClusterIdentity: () => ({ identity: digest("identity", 32) }),
  Swarm: () => ({
    clusterId: digest("cluster", 25),
    managerToken: token("manager"),
    workerToken: token("worker"),
    unlockKey: "",
    previousUnlockKeys: [],
    workerTokenRotatedAt: TIME,
    managerTokenRotatedAt: TIME,
    unlockKeyRotatedAt: "",
    caCertificate: "A".repeat(560),
    createdAt: TIME,
  }),
  SwarmNode: ({ name }) => ({ nodeId: digest(String(name), 25) }),
  SwarmHost: ({ name }) => ({
    machine: digest(String(name), 32),
    system: "Debian GNU/Linux 13 (trixie)",
    engineVersion: "26.1.5",
  }),
  Preflight: () => ({ checkedAt: TIME }),
};

/** In place of the provider's own: what can be done with the resource that a URN names. */
export function operationsOf(urn: string, within: InSession): Operations {
  const type = urn.split("::")[2]?.split("$").pop() as ResourceType;
  return new Operations(handlerOf(type), shapeOf(type), within);
}

/** A handler of machines that are not there. */
function handlerOf(type: string): AnyHandler {
  const outputsOf = OUTPUTS[type.split(":")[2]] ?? (() => ({}));
  return {
    create: async (inputs) => ({ id: digest(JSON.stringify(inputs), 25), outputs: outputsOf(inputs) }),
    read: async (_id, state) => ({ inputs: state, outputs: state }),
    update: async (_id, _old, inputs) => outputsOf(inputs),
    delete: async () => undefined,
  };
}

function digest(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
