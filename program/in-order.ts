import { show, type Problem } from "../validation/problem";

/** What has an order. */
export interface Ordered {
  /** Names of stacks, services and jobs that come first: all their services run, and jobs have ended well. @default none */
  dependsOn?: string | string[];
}

/** One of what the configuration makes in an order, and the key that it stands under. */
export interface Step<T> extends Ordered {
  /** "services.web". */
  where: string;
  name: string;
  make: (dependsOn: T[]) => T;
}

type Place = Omit<Step<unknown>, "make">;

/** Names that lead nowhere, and circles. */
export function checkOrder(steps: readonly Place[]): Problem[] {
  const names = steps.map(({ name }) => name);
  return steps.flatMap((step) => [
    ...namesOf(step)
      .filter((name) => !names.includes(name))
      .map((name) => ({
        where: `${step.where}.dependsOn`,
        text: `${show(name)} is no stack, service or job of this configuration, which has: ${names.join(", ")}.`,
      })),
    ...circleFrom(step, steps),
  ]);
}

/** Makes each one after those that it depends on. What leads nowhere has been reported. */
export function madeInOrder<T>(steps: readonly Step<T>[]): Map<string, T> {
  const made = new Map<string, T>();
  const begun = new Set<string>();
  const makeOne = (step: Step<T>): void => {
    if (begun.has(step.where)) return;
    begun.add(step.where);
    const first = stepsBefore(step, steps);
    first.forEach(makeOne);
    made.set(step.where, step.make(first.flatMap(({ where }) => made.get(where) ?? [])));
  };
  steps.forEach(makeOne);
  return made;
}

function namesOf({ dependsOn = [] }: Ordered): string[] {
  return [dependsOn].flat();
}

function stepsBefore<S extends Place>(step: Place, steps: readonly S[]): S[] {
  return steps.filter(({ name }) => namesOf(step).includes(name));
}

/** A circle is told once, at the first one of it. */
function circleFrom(start: Place, steps: readonly Place[]): Problem[] {
  const way = wayBack(start, start, steps, [start]);
  const isFirst = way?.every((step) => steps.indexOf(step) >= steps.indexOf(start));
  if (!way || !isFirst) return [];
  const circle = [...way, start].map(({ name }) => name).join(" → ");
  return [{ where: `${start.where}.dependsOn`, text: `${circle} is a circle. Take one of them out.` }];
}

function wayBack(
  from: Place,
  to: Place,
  steps: readonly Place[],
  way: readonly Place[],
): readonly Place[] | undefined {
  for (const next of stepsBefore(from, steps)) {
    if (next === to) return way;
    if (way.includes(next)) continue;
    const found = wayBack(next, to, steps, [...way, next]);
    if (found) return found;
  }
  return undefined;
}
