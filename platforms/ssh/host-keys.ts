import * as pulumi from "../../resources/pulumi";
import type { SshEndpoint } from "../../schema/connection";
import { isLater } from "../../resources/later";
import { SshHostKeyResource } from "../../resources/ssh-resources";
import { together } from "../judge";
import type { SshBastionArgs, SshHostArgs, SshPlatformArgs } from "./args";
import { nameOfBastion } from "./bastions";
import { knownHostKeys, type KnownKeys } from "./known-hosts";

/** Long enough for the smallest virtual machine of any cloud. */
const BOOT_TIMEOUT = "5m";

/** How long a machine is waited for: one whose address is an output was made a moment ago. */
export function bootTimeoutOf(
  { address }: Pick<SshHostArgs, "address">,
  { bootTimeout = BOOT_TIMEOUT }: Pick<SshPlatformArgs, "bootTimeout">,
): string | undefined {
  return isLater(address) ? bootTimeout : undefined;
}

type Place = [address: string, port: number | undefined];

/** The keys of a cluster's hosts and bastions: given, known, or pinned under the machine's name when it is first seen. */
export class HostKeys {
  private readonly ofBastions = new Map<string, pulumi.Input<string>>();

  constructor(
    private readonly cluster: string,
    private readonly args: Pick<SshPlatformArgs, "knownHosts" | "bootTimeout">,
  ) {}

  /** By the host's name and not the node's: a host that becomes another node's keeps the key that it was pinned with. */
  ofHost(
    host: SshHostArgs,
    proxy: pulumi.Output<SshEndpoint> | undefined,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Input<string> {
    return this.keyOf(`${this.cluster}-${host.name}`, host, proxy, opts);
  }

  /** A bastion has one key, however many hosts are behind it. */
  ofBastion(bastion: SshBastionArgs, opts: pulumi.CustomResourceOptions): pulumi.Input<string> {
    if (bastion.hostKey !== undefined) return bastion.hostKey;
    const name = nameOfBastion(bastion);
    const key =
      this.ofBastions.get(name) ??
      // No host's name has a colon.
      this.keyOf(`${this.cluster}:bastion:${name}`, bastion, undefined, {
        ...opts,
        aliases: this.formerly(bastion),
      });
    this.ofBastions.set(name, key);
    return key;
  }

  private keyOf(
    resource: string,
    { address, port, hostKey }: SshHostArgs | SshBastionArgs,
    proxy: pulumi.Output<SshEndpoint> | undefined,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Input<string> {
    if (hostKey !== undefined) return hostKey;
    const place = together<Place>(address, port);
    const known = isLater(place) ? undefined : this.known(place as Place);
    if (known?.key) return known.key;
    const inputs = {
      ...{ host: address, port, bootTimeout: bootTimeoutOf({ address }, this.args) },
      ...(proxy ? { proxy } : {}),
      ...(this.args.knownHosts ? { revoked: this.revoked(place) } : {}),
    };
    return new SshHostKeyResource(resource, inputs, opts).hostKey;
  }

  /** Nothing where none is: a list that is empty would be a change of what was pinned without. */
  private revoked(place: pulumi.Input<Place>): pulumi.Output<string[]> {
    return pulumi.output(place).apply((at) => {
      const { revoked } = this.known(at as Place);
      return (revoked.length > 0 ? revoked : undefined) as string[];
    });
  }

  private known([address, port]: Place): KnownKeys {
    try {
      const { knownHosts } = this.args;
      return knownHosts ? knownHostKeys(knownHosts, address, port) : { revoked: [] };
    } catch {
      // Reported by `validate`, so nothing comes of this program.
      return { revoked: [] };
    }
  }

  /** Earlier releases named a bastion's key by its address. */
  private formerly({ address, port = 22 }: SshBastionArgs): pulumi.Alias[] {
    if (isLater(address) || isLater(port)) return [];
    return [{ name: `${this.cluster}-bastion-${address as string}:${port}` }];
  }
}
