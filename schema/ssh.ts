import type { Connection, SshEndpoint } from "./connection";
import type { Owner } from "./owner";

export interface SshHostKeyInputs {
  /** Host name or IP address. @change replace */
  host: string;
  /** TCP port of the SSH server. @default 22 @change replace @integer */
  port?: number;
  /** A bastion that the connection goes through. @default none @change connection */
  proxy?: SshEndpoint;
  /** Keys that are never taken, as public key lines. @default none @change update */
  revoked?: string[];
  /** How long it may take until it answers, such as "5m", as it boots yet. @default 25 seconds @change connection */
  bootTimeout?: string;
}

export interface SshHostKeyOutputs {
  /** The host key that the machine presented when it was first seen, as a public key line. */
  hostKey: string;
}

/** How the Docker Engine of a host is had. */
export interface HostEngine {
  /**
   * Where it is installed from, if it is not there: the distribution's package, Docker's own repository, or not at all.
   * @default "distribution"
   */
  source?: "distribution" | "docker" | "present";
  /** Version to install and pin, or its beginning: "26.1". @default the newest of the source, not pinned */
  version?: string;
  /** Oldest version that is accepted. @default "25" */
  minVersion?: string;
  /** Settings for /etc/docker/daemon.json; the others that stand there stay. @default none */
  daemon?: DaemonSettings;
}

/** Where networks that name no range get theirs. */
export interface AddressPool {
  /** IPv4 range in CIDR form. */
  base: string;
  /** Prefix length of each network that is cut from it. @integer */
  size: number;
}

/** Settings of the Docker Engine, by the names of daemon.json. Source: https://docs.docker.com/reference/cli/dockerd/ */
export interface DaemonSettings {
  /** Logging driver of containers. */
  "log-driver"?: string;
  /** Options of that driver. */
  "log-opts"?: Record<string, string>;
  /** Addresses of mirrors of Docker Hub. */
  "registry-mirrors"?: string[];
  /** Registries that are spoken to without TLS, or without checking it. */
  "insecure-registries"?: string[];
  /** IPv4 ranges that local networks are cut from. */
  "default-address-pools"?: AddressPool[];
  /** MTU of the default bridge, bytes. @integer */
  mtu?: number;
  /** Folder of the engine's data. */
  "data-root"?: string;
  /** Address and port that metrics are served at. */
  "metrics-addr"?: string;
  /** Refused when true: swarm mode does not work with it. */
  "live-restore"?: boolean;
}

export interface HostTime {
  /** Keep the clock: take the time service that runs, or install chrony. @default true */
  manage?: boolean;
  /** NTP servers, host names or addresses. @default those of the time service */
  servers?: string[];
  /** Seconds until the clock must be synchronised. @default 60 */
  timeout?: number;
}

export interface HostFirewall {
  /** Open the ports of the swarm to its nodes, and close them to everybody else, containers included. @default true */
  manage?: boolean;
  /**
   * Keep containers from the cloud's metadata service (169.254.169.254 and fd00:ec2::254), which hands out the machine's
   * own credentials. Questions for names (port 53) pass.
   * @default true
   */
  blockMetadata?: boolean;
}

/** What is done to a machine before it joins, the same for every host of a platform. */
export interface HostSettings {
  /** How its Docker Engine is had. @default the distribution's package @change update */
  engine?: HostEngine;
  /** Its clock. @default kept by a time service @change update */
  time?: HostTime;
  /** Its firewall. @default the ports of the swarm are open to its nodes alone @change update */
  firewall?: HostFirewall;
  /** Load kernel modules and set what routing needs. @default true @change update */
  kernel?: boolean;
  /**
   * At destroy, remove the packages that were installed here, the engine's data included. @default false
   * @change connection
   */
  purge?: boolean;
}

/** Raised where a release sets up more than the last one: 2 since containers are kept from the ports of the swarm. */
export const HOST_SETUP = 2;

export interface SwarmHostInputs extends HostSettings {
  /** Whose node it is. @change owner */
  owner: Owner;
  /** Name of the node. @change connection */
  name: string;
  /** How it is reached. @change connection */
  connection: Connection;
  /**
   * Where SSH finds the machine, a host name or IP address: elsewhere is another machine, which is set up while the one
   * before it works yet. Missing in older states.
   * @change place
   */
  address?: string;
  /** IP address that the other nodes reach it at, one of `nodes`. Missing in older states. @change connection */
  nodeAddress?: string;
  /** How long it may take until it answers for the first time, such as "5m". @default 25 seconds @change connection */
  bootTimeout?: string;
  /** The pinned host key: with another one it may be another machine. @change update */
  hostKey?: string;
  /** Addresses of all nodes of the cluster, this one's included, as the others see them. @change update */
  nodes: string[];
  /** Folders of the files of volumes that outlive its engine, by the volumes' names. @default none @change update */
  volumes?: Record<string, string>;
  /** UDP port of the overlay networks. @default 4789 @change update @integer */
  dataPathPort?: number;
  /**
   * Version of the setup, {@link HOST_SETUP}: with a new one the next update looks at the host, and does what is new.
   * @change update @integer
   */
  setup: number;
  /** Set by `refresh` alone: what is not as it was set up, so that the next update does it again. @change update */
  drift?: string[];
  /** Set by `refresh` alone: whether the machine is still the one that was set up. @change update */
  known: boolean;
}

export interface SwarmHostOutputs {
  /** Identity of the machine: random, written when it was first set up. */
  machine: string;
  /** Its system: "Debian GNU/Linux 13 (trixie)". */
  system: string;
  /** Version of its Docker Engine. */
  engineVersion: string;
}
