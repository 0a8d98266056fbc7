import { HOST_SETUP } from "../../contract/ssh";
import * as pulumi from "../../resources/pulumi";
import { Preflight } from "../../resources/preflight";
import { SshHostKey, SwarmHost } from "../../resources/ssh";
import type { Problem } from "../../validation/problem";
import type { ClusterRequest, Finished, Machine, NodeRequest, Platform, PreparedPlatform } from "../platform";
import type { SshBastionArgs, SshHostArgs, SshPlatformArgs } from "./args";
import { assign } from "./assign";
import { connectionTo, endpoint } from "./connection";
import { knownHostKeys, type KnownKeys } from "./known-hosts";
import { checkSshPlatform, isHost } from "./validate";

/** Machines that are there already, reached over SSH. They stay when the cluster goes. */
export class SshPlatform implements Platform {
  readonly kind = "ssh";
  readonly machinesDieWithCluster = false;
  readonly resolveImage = "changed";
  readonly args: SshPlatformArgs;

  constructor(args: SshPlatformArgs) {
    // What is no host at all stays as it is, for validate to say so.
    const hosts = (args.hosts ?? []).map((host) => (isHost(host) ? withDefaults(host, args) : host));
    this.args = { ...args, hosts };
  }

  validate(request: ClusterRequest): Problem[] {
    return checkSshPlatform(this.args, request);
  }

  prepare(request: ClusterRequest): PreparedPlatform {
    return new SshCluster(this.args, request);
  }
}

class SshCluster implements PreparedPlatform {
  private readonly hosts: Map<string, SshHostArgs>;
  private readonly addresses: string[];
  private readonly bastionKeys = new Map<string, pulumi.Input<string>>();

  constructor(
    private readonly args: SshPlatformArgs,
    private readonly request: ClusterRequest,
  ) {
    this.hosts = assign(request.nodes, args.hosts);
    this.addresses = [...this.hosts.values()].map(addressOf).sort();
  }

  createMachine({ name }: NodeRequest, opts: pulumi.CustomResourceOptions): Machine {
    // A node without a host was reported by validate, and nothing of this is made then.
    const host = this.hosts.get(name) ?? { name, address: "" };
    const { owner, dataPathPort } = this.request;
    const resource = `${owner.cluster}-${name}`;
    const bastionKey = host.bastion && this.bastionKey(resource, host.bastion, opts);
    // By the host's name and not the node's: a host that becomes another node's keeps the key that it was pinned with.
    const hostKey = this.keyOf(`${owner.cluster}-${host.name}`, host, bastionKey, opts);
    const connection = connectionTo(host, hostKey, bastionKey);
    const { engine, time, firewall, kernel, purge } = this.args;
    const nodes = this.addresses;
    const settings = { engine, time, firewall, kernel, purge, dataPathPort };
    const made = new SwarmHost(
      resource,
      { ...settings, owner, name, connection, hostKey, nodes, setup: HOST_SETUP, known: true },
      opts,
    );
    return {
      name,
      // Known to whoever needs it only when the machine is ready.
      connection: pulumi.all([connection, made.machine]).apply(([known]) => known),
      reachedBy: "ssh",
      address: pulumi.output(addressOf(host)),
      identity: made.machine,
      labels: host.labels,
    };
  }

  checks(machines: readonly Machine[], opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
    const { owner, nodes, dataPathPort, defaultAddrPool } = this.request;
    const { engine, maxOffset, preflight } = this.args;
    const hosts = machines.map(({ name, connection, address, identity }) =>
      pulumi.all([connection, address, identity]).apply(([known, at, machine]) => ({
        name,
        connection: known,
        address: at,
        machine,
        role: nodes.find((node) => node.name === name)?.role ?? "worker",
      })),
    );
    const rules = {
      dataPathPort,
      defaultAddrPool,
      maxOffset,
      allowOldEngines: engine?.minVersion !== undefined,
    };
    return [
      new Preflight(
        owner.cluster,
        { ...rules, owner, hosts: pulumi.all(hosts), skip: preflight === false },
        opts,
      ),
    ];
  }

  finish(): Finished {
    return { resources: [], imageFingerprints: pulumi.output<Record<string, string>>({}) };
  }

  private keyOf(
    resource: string,
    host: SshHostArgs,
    bastionKey: pulumi.Input<string> | undefined,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Input<string> {
    const { address, port, bastion, hostKey } = host;
    if (hostKey) return hostKey;
    const { key, revoked } = this.knownKeys(address, port);
    if (key) return key;
    const proxy = bastion && bastionKey && endpoint(bastion, bastionKey);
    const inputs = {
      ...{ host: address, port },
      ...(proxy ? { proxy: pulumi.output(proxy) } : {}),
      ...(revoked.length > 0 ? { revoked } : {}),
    };
    return new SshHostKey(resource, inputs as { host: string }, opts).hostKey;
  }

  private knownKeys(address: string, port?: number): KnownKeys {
    const { knownHosts } = this.args;
    try {
      return knownHosts ? knownHostKeys(knownHosts, address, port) : { revoked: [] };
    } catch {
      // Reported by `validate`, so nothing comes of this program.
      return { revoked: [] };
    }
  }

  /** A bastion has one key, however many hosts are behind it. */
  private bastionKey(
    resource: string,
    bastion: SshBastionArgs,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Input<string> {
    const place = `${bastion.address}:${bastion.port ?? 22}`;
    const key =
      this.bastionKeys.get(place) ??
      this.keyOf(
        `${this.request.owner.cluster}-bastion-${place}`,
        { name: resource, ...bastion },
        undefined,
        opts,
      );
    this.bastionKeys.set(place, key);
    return key;
  }
}

function addressOf({ address, privateAddress }: SshHostArgs): string {
  return privateAddress ?? address;
}

/** A value that is undefined is none. */
function withDefaults(host: SshHostArgs, { defaults }: SshPlatformArgs): SshHostArgs {
  const given = Object.entries(host).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(given) as unknown as SshHostArgs) };
}
