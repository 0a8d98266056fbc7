import * as pulumi from "../resources/pulumi";
import { isSshConnection, type ManagerRef } from "../schema/connection";
import type { ExportedCluster } from "../schema/existing-swarm";
import type { SshHostArgs } from "../platforms/ssh/args";
import { together } from "../platforms/judge";
import { connectionTo, endpoint } from "../platforms/ssh/connection-to";
import { knownHostKeys } from "../platforms/ssh/known-hosts";
import type {
  ContainerManagerArgs,
  EngineManagerArgs,
  ExistingManagerArgs,
  GivenClusterArgs,
  ManagerLoginArgs,
  SshManagerArgs,
} from "./existing-cluster-args";

export function isSshManager(manager: ExistingManagerArgs): manager is SshManagerArgs {
  return "address" in manager;
}

export function isContainerManager(manager: ExistingManagerArgs): manager is ContainerManagerArgs {
  return "container" in manager;
}

/** The managers that a program names itself. */
export function givenManagers({ managers, knownHosts }: GivenClusterArgs): pulumi.Output<ManagerRef[]> {
  return pulumi.all(
    managers.map((manager) =>
      isSshManager(manager) ? sshManager(hostOf(manager), knownHosts) : pulumi.output(nearManager(manager)),
    ),
  );
}

function nearManager(manager: ContainerManagerArgs | EngineManagerArgs): ManagerRef {
  const { name, dockerHost } = manager;
  if (isContainerManager(manager)) {
    const { container } = manager;
    return { name: name ?? container, connection: { container, ...(dockerHost ? { dockerHost } : {}) } };
  }
  const { context } = manager;
  const connection = context === undefined ? { dockerHost } : { context };
  return { name: name ?? context ?? dockerHost ?? "", connection };
}

function sshManager(
  host: SshHostArgs,
  knownHosts: GivenClusterArgs["knownHosts"],
): pulumi.Output<ManagerRef> {
  const { name, bastion } = host;
  const proxy = bastion && pulumi.output(endpoint(bastion, bastion.hostKey ?? knownKey(bastion, knownHosts)));
  const connection = connectionTo(host, host.hostKey ?? knownKey(host, knownHosts), proxy);
  return connection.apply((known) => ({ name: name || known.host, connection: known }));
}

/** As the SSH platform has its hosts; one without a name is called by its address, once that is known. */
export function hostOf(manager: SshManagerArgs): SshHostArgs {
  return { ...manager, name: manager.name ?? "" };
}

/** What is not known, or cannot be looked up, was reported, and nothing comes of this program. */
function knownKey(
  { address, port }: Pick<SshHostArgs, "address" | "port">,
  knownHosts: GivenClusterArgs["knownHosts"],
): pulumi.Output<string> {
  return pulumi.output(together<[string, number | undefined]>(address, port)).apply(([at, on]) => {
    try {
      return (knownHosts && knownHostKeys(knownHosts, at, on).key) || "";
    } catch {
      return "";
    }
  });
}

/** The managers of another program's cluster, with a login of this one. */
export function exportedManagers(
  { managers }: Pick<ExportedCluster, "managers">,
  login: ManagerLoginArgs = {},
): pulumi.Output<ManagerRef[]> {
  return pulumi.all(
    managers.map((manager) => {
      const host = withLogin(manager, login);
      return host ? sshManager(host, false) : pulumi.output(manager);
    }),
  );
}

/** A manager that is reached over SSH, as a host that is logged in to; undefined for others. */
export function withLogin(
  { name, connection }: ManagerRef,
  { bastion, ...login }: ManagerLoginArgs,
): SshHostArgs | undefined {
  if (!isSshConnection(connection)) return undefined;
  const { host, port, user, hostKey, sudo, proxy } = connection;
  const { user: ownUser, sudo: ownSudo, ...credentials } = login;
  return {
    ...credentials,
    ...{ name, address: host, port, hostKey },
    user: ownUser ?? user,
    sudo: ownSudo ?? sudo,
    ...(proxy
      ? {
          bastion: {
            user: proxy.user,
            ...(bastion ?? credentials),
            address: proxy.host,
            port: proxy.port,
            hostKey: proxy.hostKey,
          },
        }
      : {}),
  };
}
