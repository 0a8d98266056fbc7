import type { SshHostKeyInputs, SshHostKeyOutputs } from "../contract/ssh";
import { presentedHostKey } from "../transport/ssh-host-key-scan";
import type { Handler } from "./handler";

/** The host key that a machine presented when it was first seen. From then on any other key is refused. */
export const sshHostKey: Handler<SshHostKeyInputs, SshHostKeyOutputs> = {
  fields: { host: "replace", port: "replace", proxy: "connection" },
  outputs: ["hostKey"],

  async create(inputs, { signal }) {
    const hostKey = await presentedHostKey(inputs, signal);
    return { id: inputs.host, outputs: { hostKey } };
  },

  // What was seen first is what counts; whether it is still presented is judged by every connection.
  read: (_id, state) => Promise.resolve({ inputs: state, outputs: { hostKey: state.hostKey } }),

  update: (_id, old) => Promise.resolve({ hostKey: old.hostKey }),

  delete: () => Promise.resolve(),
};
