import type { DeployedService } from "../../schema/stack";
import { missingOf } from "../rollout/service-standing";
import type { Service } from "../../docker/api/service";
import { specDigest, specFields } from "../../docker/services";
import type { Task } from "../../docker/api/task";

/** Services that were changed or removed by hand since the last deploy: "shop_web was changed: Mode.Replicated.Replicas". */
export function changedByHand(deployed: readonly DeployedService[], actual: readonly Service[]): string[] {
  return deployed.flatMap((service) => {
    const found = actual.find(({ Spec }) => Spec.Name === service.name);
    if (!found) return [`${service.name} is gone`];
    if (specDigest(found.Spec) === service.specDigest) return [];
    const fields = changedFields(service, found);
    if (fields.length === 0 && service.ignored) return [];
    return [`${service.name} was changed${fields.length > 0 ? `: ${fields.join(", ")}` : ""}`];
  });
}

/** The fields of a service's spec that were changed since it was deployed; none where the state does not tell. */
export function changedFields(
  { specFields: before, ignored = [] }: DeployedService,
  { Spec }: Service,
): string[] {
  if (!before) return [];
  const now = specFields(Spec);
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (field) => before[field] !== now[field] && !ignored.includes(field),
  );
}

/** Services that have fewer tasks than they shall have, as "web 2/3". Those of a job end, and are cleared away. */
export function shortOf(services: readonly Service[], tasks: readonly Task[]): string[] {
  return services
    .filter(({ Spec: { Mode } }) => Mode.Replicated ?? Mode.Global)
    .map((service) => missingOf(service, tasks))
    .filter(Boolean);
}
