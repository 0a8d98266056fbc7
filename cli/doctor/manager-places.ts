import type { SwarmNodeInspect } from "../../docker/api/node";

/** Node labels that name a place which fails as a whole: `zone`, `az`, `topology.kubernetes.io/zone`, `rack`, … */
const ZONE_LABEL = /(^|[./_-])(zone|az|availability-zone|datacenter|rack)$/i;

export function zoneOf({ Spec }: SwarmNodeInspect): string | undefined {
  const [name] = Object.keys(Spec.Labels ?? {})
    .filter((label) => ZONE_LABEL.test(label))
    .sort();
  return name && Spec.Labels[name];
}

/** The place that holds so many managers that the others have no quorum without it; managers without a place count apart. */
export function tooManyTogether(
  managers: readonly SwarmNodeInspect[],
  placeOf: (manager: SwarmNodeInspect) => string | undefined,
): { place: string; number: number } | undefined {
  const needed = Math.floor(managers.length / 2) + 1;
  const numbers = new Map<string, number>();
  for (const manager of managers) {
    const place = placeOf(manager);
    if (place) numbers.set(place, (numbers.get(place) ?? 0) + 1);
  }
  for (const [place, number] of numbers) {
    if (managers.length - number < needed) return { place, number };
  }
  return undefined;
}
