import type { SwarmStackInputs } from "../../schema/stack";
import { describeOwner } from "../../schema/owner";
import type { EngineClient } from "../../docker/engine-client";
import type { Service } from "../../docker/api/service";
import { stackServices } from "../../docker/services";
import { inspectSwarm } from "../../docker/swarm";
import { isOwnedIn, type Inside } from "../swarm-ownership";
import type { Context } from "../../foundation/context";
import { foreignInside } from "../../docker/ownership";
import type { Compose } from "./stack-deploy";

/**
 * Services of the stack's name that somebody else has deployed: taken over where the program says so, which a deploy does,
 * or refused. Their labels are no part of their tasks, so none is renewed where the compose files say what runs.
 */
export async function stackOfOthers(
  engine: EngineClient,
  { name, owner, adopt }: SwarmStackInputs,
  context: Context,
): Promise<Service[]> {
  const { Spec: swarm } = await inspectSwarm(engine, context.signal);
  const services = await stackServices(engine, name, context.signal);
  const others = services.filter((service) => !isOwnedIn(swarm.Labels, owner, insideOfService(service)));
  if (others.length === 0) return [];
  const [{ Spec: first }] = others;
  if (!adopt) throw foreignInside(`service "${first.Name}"`, first.Labels, owner);
  const listed = others.map(({ ID, Spec }) => `${Spec.Name} (ID ${ID})`).join(", ");
  context.info(
    `takes over the stack ${name} with ${listed}, which belongs to ${describeOwner(first.Labels)}`,
  );
  return others;
}

/** A deploy ends the services that its files do not have: of what is taken over none may end. */
export function refuseToPrune(
  others: readonly Service[],
  { services }: Compose,
  { name }: SwarmStackInputs,
): void {
  const wanted = Object.keys(services ?? {}).map((service) => `${name}_${service}`);
  const ended = others.map(({ Spec }) => Spec.Name).filter((service) => !wanted.includes(service));
  if (ended.length === 0) return;
  throw new Error(
    `The stack ${name} that is to be taken over runs ${ended.join(", ")}, and the compose files have no such service. ` +
      "Nothing was deployed. Add it to them, or end it by hand: docker service rm SERVICE",
  );
}

export function insideOfService({ ID, Spec }: Service): Inside {
  return { id: ID, labels: Spec.Labels };
}
