import type { Service } from "../../docker/api/service";

/** A service by its full name or ID, or by its name in its stack's compose file. @throws Error with those that there are */
export function serviceCalled(name: string, services: readonly Service[]): Service {
  const exact = services.filter(({ ID, Spec }) => Spec.Name === name || ID === name);
  const found = exact.length > 0 ? exact : services.filter(({ Spec }) => Spec.Name.endsWith(`_${name}`));
  if (found.length === 1) return found[0];
  const names = (list: readonly Service[]) => list.map(({ Spec }) => Spec.Name).sort();
  if (found.length > 1)
    throw new Error(`"${name}" may be ${names(found).join(" or ")}. Use the whole name, stack included.`);
  throw new Error(`There is no service "${name}". There are: ${names(services).join(", ") || "none"}.`);
}
