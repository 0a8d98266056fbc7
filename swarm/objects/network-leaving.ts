import type { NetworkInspect } from "../../docker/api/network";
import type { Service, ServiceSpec } from "../../docker/api/service";
import type { EngineClient } from "../../docker/engine-client";
import { swarmNetworks } from "../../docker/networks";
import { changeService, STACK_LABEL } from "../../docker/services";
import type { Context } from "../../foundation/context";
import { isServiceIn, type NetworkUsers } from "./network-users";
import { baseOf } from "./network-version";

/**
 * Takes services out of a network that has a later version, where they are in that as well: every stack has moved by then. They do it task
 * by task, by their own update settings.
 *
 * @returns how many
 */
export async function leaveFormer(
  engine: EngineClient,
  former: NetworkInspect,
  { services }: NetworkUsers,
  { signal }: Context,
): Promise<number> {
  const later = (await swarmNetworks(engine, signal)).filter(
    (network) => network.Id !== former.Id && baseOf(network) === baseOf(former),
  );
  const inBoth = services.filter((service) => later.some(({ Id }) => isServiceIn(service, Id)));
  for (const { ID } of inBoth)
    await changeService(engine, ID, (spec) => withoutNetworks(spec, new Set([former.Id])), signal);
  return inBoth.length;
}

/**
 * IDs of the networks that services are to leave, as a network of the program has a later version.
 *
 * @param names - those of the program's networks
 */
export function leftBehind(networks: readonly NetworkInspect[], names: readonly string[]): Set<string> {
  const current = networks.filter(({ Name }) => names.includes(Name));
  const former = networks.filter(
    (network) =>
      !current.includes(network) &&
      !network.Labels?.[STACK_LABEL] &&
      current.some((one) => baseOf(one) === baseOf(network)),
  );
  return new Set(former.map(({ Id }) => Id));
}

/** A service as it is once it has left them. */
export function withoutLeft(service: Service, left: ReadonlySet<string>): Service {
  return left.size === 0 ? service : { ...service, Spec: withoutNetworks(service.Spec, left) };
}

function withoutNetworks(spec: ServiceSpec, left: ReadonlySet<string>): ServiceSpec {
  const { Networks } = spec.TaskTemplate;
  if (!Networks) return spec;
  const others = Networks.filter(({ Target = "" }) => !left.has(Target));
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, Networks: others } };
}
