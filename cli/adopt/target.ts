import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { OWN_AGENT, type SshConnection } from "../../schema/connection";
import { connect } from "../../docker/connect";
import { describeDockerHost, dockerHostOf, type DockerHost } from "../../transport/docker-host";
import { HostClient, type DockerClient } from "../../transport/docker-client";
import { presentedHostKey } from "../../transport/ssh-host-key-scan";
import type { InRun } from "../../foundation/session";

/** How somebody logs in to the machines of a swarm, as a program says it. */
export interface Login {
  user?: string;
  port?: number;
  /** Path of a private key, as it was given. @default the SSH agent */
  identityFile?: string;
  sudo?: boolean;
}

export interface TargetOptions {
  /** `ssh://[user@]host[:port]` or `container:NAME`. @default the engine that the docker CLI talks to */
  swarm?: string;
  identityFile?: string;
  sudo?: boolean;
  /** Of the machine that is logged in to. @default the one that it presents */
  hostKey?: string;
}

/** A manager that is asked, and told nothing. */
export interface AskedManager {
  /** How a person finds it. */
  name: string;
  engine: DockerClient;
  /** Where it is reached over SSH. */
  ssh?: { address: string; hostKey: string; login: Login };
}

const TIMEOUT_MS = 30_000;

export async function targetOf(options: TargetOptions, run: InRun): Promise<AskedManager> {
  const { swarm, ...login } = options;
  if (swarm?.startsWith("container:")) return containerTarget(swarm.slice("container:".length), run);
  if (swarm !== undefined) return sshTarget(swarm, login, run);
  const host = dockerHostOf(undefined);
  return host.url.startsWith("ssh://") ? sshTarget(host.url, login, run) : engineTarget(host);
}

/** A path as a shell would take it. */
export function fullPath(file: string): string {
  return path.resolve(file.replace(/^~(?=\/|$)/, homedir()));
}

function containerTarget(container: string, run: InRun): AskedManager {
  return { name: container, engine: connect({ container }, run) };
}

function engineTarget(host: DockerHost): AskedManager {
  const name = describeDockerHost(host);
  return { name, engine: new HostClient(name, host, TIMEOUT_MS) };
}

async function sshTarget(
  url: string,
  { identityFile, sudo, hostKey: given }: Omit<TargetOptions, "swarm">,
  run: InRun,
): Promise<AskedManager> {
  const [, user, ipv6, name, portText] =
    /^ssh:\/\/(?:([^@/]+)@)?(?:\[([^\]]+)\]|([^:/[\]]+))(?::(\d+))?\/?$/.exec(url) ?? [];
  const address = ipv6 ?? name;
  if (!address) {
    throw new Error(
      `${JSON.stringify(url)} is no place of a swarm. Write ssh://[user@]host[:port], container:NAME, or nothing for the engine ` +
        "that the docker CLI talks to here.",
    );
  }
  const port = portText === undefined ? undefined : Number(portText);
  const hostKey = given ?? (await presentedHostKey({ host: address, port }, run));
  const connection: SshConnection = {
    ...{ host: address, port, user, hostKey, sudo },
    ...(identityFile
      ? { privateKey: readFileSync(fullPath(identityFile), "utf8") }
      : { agentSocketPath: OWN_AGENT }),
  };
  return {
    name: address,
    engine: connect(connection, run),
    ssh: { address, hostKey, login: { user, port, identityFile, sudo } },
  };
}
