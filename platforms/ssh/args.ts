import type * as pulumi from "../../resources/pulumi";
import type { HostSettings } from "../../schema/ssh";

/** How to log in to an SSH server. Without any of the credentials the SSH agent is asked. */
export interface SshLoginArgs {
  /** TCP port of the SSH server. @default 22 @integer */
  port?: pulumi.Input<number>;
  /** Whom to log in as. @default "root" */
  user?: pulumi.Input<string>;
  /** Path of a private key file; its content becomes a Pulumi secret. `~` is the home folder. @default none */
  identityFile?: string;
  /** The private key itself, in PEM or OpenSSH form. @secret */
  privateKey?: pulumi.Input<string>;
  /** Passphrase of the private key. @secret */
  privateKeyPassword?: pulumi.Input<string>;
  /** Password of the user. @secret */
  password?: pulumi.Input<string>;
  /** The SSH agent: the one of this session, or the path of its socket. @default true where nothing else is given */
  agent?: boolean | string;
}

/** A machine to go through: its own SSH server lets this one connect to the hosts behind it. */
export interface SshBastionArgs extends SshLoginArgs {
  /** By which its pinned host key is known, whatever its address is. @default "bastion": one for all hosts */
  name?: string;
  /** Host name or IP address. */
  address: pulumi.Input<string>;
  /** Public host key (`ssh-ed25519 AAAA…`) or fingerprint (`SHA256:…`). @default that of `knownHosts` */
  hostKey?: pulumi.Input<string>;
}

/**
 * One machine that is there already, or that another resource of the same program makes: then its address, and what else
 * is known only once it exists, are outputs of that resource.
 */
export interface SshHostArgs extends SshLoginArgs {
  /** Unique. A node of this name gets this host; nodes whose names no host has get the others, in order. */
  name: string;
  /** Host name or IP address that SSH connects to. With another one it is another machine: that one joins, the former leaves. */
  address: pulumi.Input<string>;
  /** IP address that the other nodes reach it at. @default `address` */
  privateAddress?: pulumi.Input<string>;
  /** Public host key (`ssh-ed25519 AAAA…`) or fingerprint (`SHA256:…`). @default that of `knownHosts` */
  hostKey?: pulumi.Input<string>;
  /** Run everything by `sudo`, which must ask for no password. @default false */
  sudo?: boolean;
  /** A machine to go through. @default none */
  bastion?: SshBastionArgs;
  /** Labels of the node on this host. A label of the same name in the cluster's arguments wins. @default none */
  labels?: Record<string, pulumi.Input<string>>;
}

/** What a pool may ask of its machines. @settings */
export interface SshMachine {
  /** Names of the hosts that the pool's nodes are on; no other pool gets them. @default any that is left */
  hosts?: string[];
}

/** Machines that are there already, reached by SSH. @settings */
export interface SshPlatformArgs extends HostSettings {
  /** The machines. More than the cluster needs is fine: the others are left alone. */
  hosts: SshHostArgs[];
  /** What all hosts have in common; a host's own values win. @default nothing */
  defaults?: Omit<SshHostArgs, "name" | "address" | "privateAddress" | "hostKey" | "labels">;
  /** Where host keys are looked up that are not given: `true` for ~/.ssh/known_hosts, or a file. @default false */
  knownHosts?: boolean | string;
  /** Pin the key that a host presents at first, where none is known. Somebody in between would not be noticed then. @default false */
  trustOnFirstUse?: boolean;
  /** Try every port, path and clock between the nodes before any of them joins. @default true */
  preflight?: boolean;
  /** How far the clocks of the nodes may be apart. @default "250ms" */
  maxOffset?: string;
  /**
   * How long a machine whose address is an output may take until its SSH server lets us in: it was made a moment ago. One
   * with a written address is tried for 25 seconds.
   * @default "5m"
   */
  bootTimeout?: string;
}
