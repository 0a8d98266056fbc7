/** A node that is a container of a Docker Engine in reach of this machine: reached by an exec in that container. */
export interface ContainerConnection {
  /** Name or ID of the container. */
  container: string;
  /** Address of the Docker Engine that runs the container, as in DOCKER_HOST. @default what the docker CLI would use */
  dockerHost?: string;
  /**
   * Path of its engine's socket on the machine that made it. Where it is there and answers, no exec is needed.
   * @default an exec for each connection
   */
  socket?: string;
}

/** As `agentSocketPath`: the agent of whoever runs the update. Its path is another one in each of their sessions. */
export const OWN_AGENT = "$SSH_AUTH_SOCK";

/** An SSH server and how to log in to it, in the shape of `@pulumi/command`'s connection. */
export interface SshEndpoint {
  /** Host name or IP address. */
  host: string;
  /** TCP port of the SSH server. @default 22 @integer */
  port?: number;
  /** Whom to log in as. @default "root" */
  user?: string;
  /** The private key itself in PEM or OpenSSH form, not a path. @secret */
  privateKey?: string;
  /** Passphrase of the private key. @secret */
  privateKeyPassword?: string;
  /** Password of the user. @secret */
  password?: string;
  /** Path of the SSH agent's socket, or {@link OWN_AGENT}. */
  agentSocketPath?: string;
  /** Public host key (`ssh-ed25519 AAAA…`) or fingerprint (`SHA256:…`) that the host must present. Always checked. */
  hostKey: string;
}

/** A machine reached over SSH. Without `sudo` one object serves `@pulumi/command` as well. */
export interface SshConnection extends SshEndpoint {
  /** A bastion that the connection goes through. @default none */
  proxy?: SshEndpoint;
  /** Run everything by `sudo`, which must ask for no password. Not for `root`. @default false */
  sudo?: boolean;
}

/** An engine that this machine reaches by itself, such as its own. Commands run here, and the docker CLI reaches it. */
export interface EngineConnection {
  /** Address of the Docker Engine, as in DOCKER_HOST. @default that of `context` */
  dockerHost?: string;
  /** The docker context that names it, in place of an address. @default none */
  context?: string;
  /** What the others have. */
  container?: undefined;
  host?: undefined;
}

/** How the provider reaches one node. */
export type Connection = ContainerConnection | EngineConnection | SshConnection;

export function isContainerConnection(connection: Connection): connection is ContainerConnection {
  return "container" in connection && connection.container !== undefined;
}

export function isSshConnection(connection: Connection): connection is SshConnection {
  return "host" in connection && connection.host !== undefined;
}

export function isSshEndpoint(value: unknown): value is SshEndpoint {
  return value !== null && typeof value === "object" && "host" in value && "hostKey" in value;
}

/** What of a connection nobody may read. */
export function credentialsOf(connection: SshConnection): string[] {
  const { privateKey, privateKeyPassword, password, proxy } = connection;
  const own = [privateKey, privateKeyPassword, password].filter((text) => text !== undefined);
  return proxy ? [...own, ...credentialsOf(proxy)] : own;
}

/** A node as an error or a progress line names it, without anything secret. */
export function nameOfConnection(connection: Connection): string {
  if (isContainerConnection(connection)) return connection.container;
  if (isSshConnection(connection)) return connection.host;
  return connection.context === undefined ? String(connection.dockerHost) : `context ${connection.context}`;
}

/** Tells machines apart: a container is the same one in whatever shape its connection is written. */
export function keyOfConnection(connection: Connection): string {
  return isContainerConnection(connection)
    ? JSON.stringify([connection.dockerHost, connection.container])
    : JSON.stringify(connection);
}

/** The same connection with nothing to log in with: where it leads to, and by what the machine is known. */
export function withoutLogin(connection: Connection): Connection {
  if (!isSshConnection(connection)) return connection;
  const { sudo, proxy } = connection;
  return {
    ...endpointOf(connection),
    ...(sudo ? { sudo } : {}),
    ...(proxy ? { proxy: endpointOf(proxy) } : {}),
  };
}

function endpointOf({ host, port, user, hostKey }: SshEndpoint): SshEndpoint {
  return { host, ...(port ? { port } : {}), ...(user ? { user } : {}), hostKey };
}

/** One manager of a swarm: what any cluster-wide operation can be sent to. */
export interface ManagerRef {
  /** Name of the node. */
  name: string;
  /** How it is reached. */
  connection: Connection;
}

/** What every object inside a swarm needs to be told: which swarm, and through whom. */
export interface SwarmRef {
  /** Cluster ID of the swarm that the object lives in. @change replace */
  clusterId: string;
  /** Managers to try in order; any that answers and has a leader will do. @change connection */
  managers: ManagerRef[];
}
