import type * as pulumi from "../../resources/pulumi";
import { OWN_AGENT, type SshConnection, type SshEndpoint } from "../../schema/connection";
import { quote } from "../../transport/shell-quote";
import type { CommandPackage, MachineCommand } from "../platform";

/** A shell command on a host, over the connection that it has anyway. */
export function commandOnHost(
  { remote }: CommandPackage,
  name: string,
  { create, delete: remove, triggers }: MachineCommand,
  host: pulumi.Output<SshConnection>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const asRoot = (text?: string) =>
    text === undefined
      ? undefined
      : host.apply(({ sudo }) => (sudo ? `sudo -n -- sh -c ${quote(text)}` : text));
  const connection = host.apply(({ sudo: _sudo, proxy, ...known }) => ({
    ...forCommand(known),
    ...(proxy ? { proxy: forCommand(proxy) } : {}),
  }));
  return new remote.Command(
    name,
    { connection, create: asRoot(create), delete: asRoot(remove), triggers },
    opts,
  );
}

/** What `@pulumi/command` takes: it looks for the session's agent itself, and compares keys, not fingerprints. */
function forCommand({ agentSocketPath, ...endpoint }: SshEndpoint): SshEndpoint {
  if (endpoint.hostKey.startsWith("SHA256:"))
    throw new Error(
      `${endpoint.host}: its host key is given as a fingerprint, and commands after the join need the key itself. ` +
        "Give the line of /etc/ssh/ssh_host_ed25519_key.pub on that machine as hostKey.",
    );
  return agentSocketPath && agentSocketPath !== OWN_AGENT ? { ...endpoint, agentSocketPath } : endpoint;
}
