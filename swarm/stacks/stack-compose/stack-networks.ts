import { STACK_LABEL } from "../../../docker/services";
import type { NetworkInspect } from "../../../docker/api/network";
import { ENCRYPTED_OPTION } from "../../../docker/networks";
import { STANDARD_POOLS, STANDARD_SUBNET_SIZE } from "../../swarm-spec";
import type { SwarmInspect } from "../../../docker/api/swarm";
import { contains, parseCidr } from "../../../validation/cidr";
import { isOwnerLabel } from "./labels";
import { keyOf } from "./compose-key";
import type { Lacks } from "./lacks";
import type { NetworkAttachment } from "./spec";
import { filled, mapping, without } from "./compose-values";

export type Pools = Pick<SwarmInspect, "DefaultAddrPool" | "SubnetSize">;

/** Written by the engine on every overlay network. */
const VXLAN_OPTION = "com.docker.network.driver.overlay.vxlanid_list";

/** Options of a network that somebody has given it. */
export function givenOptions({ Options }: NetworkInspect): Record<string, string> | undefined {
  return without(Options, (name) => name === VXLAN_OPTION);
}

/** Its ranges, where they were not just cut from the swarm's pools. */
export function givenRanges({ IPAM }: NetworkInspect, { DefaultAddrPool, SubnetSize }: Pools) {
  const pools = (DefaultAddrPool ?? STANDARD_POOLS).flatMap((pool) => parseCidr(pool) ?? []);
  const size = SubnetSize || STANDARD_SUBNET_SIZE;
  const isCut = (subnet: string | undefined) => {
    const range = parseCidr(subnet ?? "");
    return range !== undefined && range.prefix === size && pools.some((pool) => contains(pool, range));
  };
  return (IPAM.Config ?? []).filter(({ Subnet, IPRange }) => IPRange || !isCut(Subnet));
}

/** The top-level section `networks`, which grows as services are converted. */
export class StackNetworks {
  readonly section: Record<string, object> = {};

  constructor(
    private readonly stack: string,
    private readonly networks: readonly NetworkInspect[],
    private readonly pools: Pools,
  ) {}

  /** `networks` of one service. */
  of(
    service: string,
    attachments: readonly NetworkAttachment[] | undefined,
    lacks: Lacks,
  ): Record<string, object> | undefined {
    const found = (attachments ?? []).flatMap(({ Target, Aliases, DriverOpts, ...rest }) => {
      lacks.rest(rest);
      const network = this.networks.find(({ Id, Name }) => Id === Target || Name === Target);
      if (!network) {
        lacks.say(`the network ${Target} is not known to the swarm`);
        return [];
      }
      return [{ network, aliases: this.aliases(service, network, Aliases ?? [], lacks), DriverOpts }];
    });
    lacks.order(
      "networks",
      found.map(({ network }) => network.Name),
    );
    return filled(
      Object.fromEntries(
        found.map(({ network, aliases, DriverOpts }) => [
          this.declared(network),
          mapping({ aliases: filled(aliases), driver_opts: filled(DriverOpts) }) ?? {},
        ]),
      ),
    );
  }

  /** A deploy adds the service's own name behind those that the file says. */
  private aliases(
    service: string,
    { Name }: NetworkInspect,
    aliases: readonly string[],
    lacks: Lacks,
  ): string[] {
    if (aliases.at(-1) !== service) lacks.say(`in the network ${Name} it does not go by its own name`);
    return aliases.filter((alias, index) => index < aliases.length - 1 || alias !== service);
  }

  /** Declares a network: the stack's own by what it is, any other by its name. Answers its key. */
  private declared(network: NetworkInspect): string {
    const { Name, Labels } = network;
    const isOwn = Labels?.[STACK_LABEL] === this.stack;
    const key = isOwn ? keyOf(this.stack, Name) : Name;
    this.section[key] = isOwn
      ? { ...(key === Name ? { name: Name } : {}), ...this.description(network) }
      : { external: true, name: Name };
    return key;
  }

  private description(network: NetworkInspect): object {
    const { Driver, Attachable, Internal, Labels } = network;
    const ranges = givenRanges(network, this.pools).map(({ Subnet }) => ({ subnet: Subnet }));
    const options = givenOptions(network);
    const isWritten = (name: string) => name === STACK_LABEL || isOwnerLabel(name);
    return {
      ...mapping({
        driver: Driver === "overlay" ? undefined : Driver,
        driver_opts: options && {
          ...options,
          ...(ENCRYPTED_OPTION in options ? { [ENCRYPTED_OPTION]: "" } : {}),
        },
        attachable: Attachable || undefined,
        internal: Internal || undefined,
        ipam: ranges.length > 0 ? { config: ranges } : undefined,
        labels: without(Labels, isWritten),
      }),
    };
  }
}
