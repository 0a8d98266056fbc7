import { HOST_SETUP } from "../../schema/ssh";
import * as pulumi from "../../resources/pulumi";
import { PreflightResource } from "../../resources/preflight-resource";
import { SwarmHostResource } from "../../resources/ssh-resources";
import type { Problem } from "../../validation/problem";
import type { OnceKnown } from "../judge";
import type { ClusterRequest, Finished, Machine, NodeRequest, Platform, PreparedPlatform } from "../platform";
import type { SshHostArgs, SshMachine, SshPlatformArgs } from "./args";
import { assign } from "./assign";
import { commandOnHost } from "./command";
import { connectionTo, dockerHostOverSsh, endpoint } from "./connection-to";
import { foldersOf, placesOf } from "./disks";
import { bootTimeoutOf, HostKeys } from "./host-keys";
import { checkSshPlatform, isHost } from "./validate";

/** Machines that are there already, reached over SSH. They stay when the cluster goes. */
export class SshPlatform implements Platform<SshMachine> {
  readonly machinesDieWithCluster = false;
  readonly resolveImage = "changed";
  readonly args: SshPlatformArgs;

  constructor(args: SshPlatformArgs) {
    // What is no host at all stays as it is, for validate to say so.
    const hosts = (args.hosts ?? []).map((host) => (isHost(host) ? withDefaults(host, args) : host));
    this.args = { ...args, hosts };
  }

  validate(request: ClusterRequest<SshMachine>, onceKnown: OnceKnown): Problem[] {
    return checkSshPlatform(this.args, request, onceKnown);
  }

  prepare(request: ClusterRequest<SshMachine>): PreparedPlatform<SshMachine> {
    return new SshCluster(this.args, request);
  }
}

class SshCluster implements PreparedPlatform<SshMachine> {
  private readonly hosts: Map<string, SshHostArgs>;
  private readonly addresses: pulumi.Output<string[]>;
  private readonly keys: HostKeys;

  constructor(
    private readonly args: SshPlatformArgs,
    private readonly request: ClusterRequest<SshMachine>,
  ) {
    this.hosts = assign(request.nodes, args.hosts);
    this.keys = new HostKeys(request.owner.cluster, args);
    this.addresses = pulumi.all([...this.hosts.values()].map(addressOf)).apply((all) => all.sort());
  }

  createMachine(request: NodeRequest<SshMachine>, opts: pulumi.CustomResourceOptions): Machine {
    const { name } = request;
    // A node without a host was reported by validate, and nothing of this is made then.
    const host = this.hosts.get(name) ?? { name, address: "" };
    const { owner, dataPathPort } = this.request;
    const resource = `${owner.cluster}-${name}`;
    const { bastion } = host;
    const proxy = bastion && pulumi.output(endpoint(bastion, this.keys.ofBastion(bastion, opts)));
    const hostKey = this.keys.ofHost(host, proxy, opts);
    const connection = connectionTo(host, hostKey, proxy);
    const { engine, time, firewall, kernel, purge } = this.args;
    const settings = { engine, time, firewall, kernel, purge, dataPathPort };
    const place = {
      ...{ address: host.address, nodeAddress: addressOf(host), nodes: this.addresses },
      bootTimeout: bootTimeoutOf(host, this.args),
    };
    const volumes = foldersOf(request);
    const made = new SwarmHostResource(
      resource,
      { ...settings, ...place, volumes, owner, name, connection, hostKey, setup: HOST_SETUP, known: true },
      opts,
    );
    // Known to whoever needs it only when the machine is ready; in a preview before that, to look what is there.
    const ready = pulumi.all([connection, made.urn]).apply(([known]) => known);
    return {
      name,
      connection: ready,
      command: (commands, its, args, at) => commandOnHost(commands, its, args, ready, at),
      address: pulumi.output(place.nodeAddress),
      identity: made.machine,
      dockerHost: dockerHostOverSsh(host),
      labels: host.labels,
      disks: volumes && placesOf(host, volumes),
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
      new PreflightResource(
        owner.cluster,
        { ...rules, owner, hosts: pulumi.all(hosts), skip: preflight === false },
        opts,
      ),
    ];
  }

  finish(): Finished {
    return { resources: [], imageFingerprints: pulumi.output<Record<string, string>>({}) };
  }
}

function addressOf({ address, privateAddress }: SshHostArgs): pulumi.Input<string> {
  return privateAddress ?? address;
}

/** A value that is undefined is none. */
function withDefaults(host: SshHostArgs, { defaults }: SshPlatformArgs): SshHostArgs {
  const given = Object.entries(host).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(given) as unknown as SshHostArgs) };
}
