import type { SshHostKeyInputs, SshHostKeyOutputs } from "../../schema/ssh";
import { presentedHostKey } from "../../transport/ssh-host-key-scan";
import { checkSshHostKey } from "../../validation/ssh";
import { onceBooted } from "../../machines/ssh/booting";
import type { Handler } from "../handler";

/** The host key that a machine presented when it was first seen. From then on any other key is refused. */
export const sshHostKey: Handler<SshHostKeyInputs, SshHostKeyOutputs> = {
  check: (inputs) => checkSshHostKey(inputs),

  async create(inputs, context) {
    const hostKey = await onceBooted(inputs, context, () => presentedHostKey(inputs, context));
    refuseRevoked(hostKey, inputs);
    return { id: inputs.host, outputs: { hostKey } };
  },

  // What was seen first is what counts; whether it is still presented is judged by every connection.
  read: (_id, state) => Promise.resolve({ inputs: state, outputs: { hostKey: state.hostKey } }),

  async update(_id, { hostKey }, inputs) {
    refuseRevoked(hostKey, inputs);
    return { hostKey };
  },

  delete: () => Promise.resolve(),
};

function refuseRevoked(hostKey: string, { host, revoked = [] }: SshHostKeyInputs): void {
  if (!revoked.includes(hostKey)) return;
  throw new Error(
    `the key of ${host} is one that the known_hosts file revokes: somebody else may have it. Give the machine a new one, ` +
      "and accept that: `pulumi up --replace URN` of this resource.",
  );
}
