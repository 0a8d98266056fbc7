import type { StackService } from "../../schema/stack";
import { missingOf } from "../rollout/service-standing";
import type { Service } from "../../docker/api/service";
import { specDigest } from "../../docker/services";
import type { Task } from "../../docker/api/task";

/** Services that were changed, added or removed by hand since the last deploy. */
export function changedByHand(deployed: readonly StackService[], actual: readonly Service[]): string[] {
  const missing = deployed.filter(({ name }) => !actual.some(({ Spec }) => Spec.Name === name));
  const changed = deployed.filter(({ name, specDigest: digest }) =>
    actual.some(({ Spec }) => Spec.Name === name && specDigest(Spec) !== digest),
  );
  return [
    ...missing.map(({ name }) => `${name} is gone`),
    ...changed.map(({ name }) => `${name} was changed`),
  ];
}

/** Services that have fewer tasks than they shall have, as "web 2/3". Those of a job end, and are cleared away. */
export function shortOf(services: readonly Service[], tasks: readonly Task[]): string[] {
  return services
    .filter(({ Spec: { Mode } }) => Mode.Replicated ?? Mode.Global)
    .map((service) => missingOf(service, tasks))
    .filter(Boolean);
}
