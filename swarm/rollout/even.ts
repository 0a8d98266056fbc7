/** A node that could hold tasks of a service. */
export interface Place {
  id: string;
  /** Tasks of the service that it has. */
  now: number;
  /** The most that it could have. */
  room: number;
  /** Its branch at each of the service's placement preferences. */
  branches: readonly string[];
}

/**
 * How many tasks each place has when they are spread as evenly as swarmkit spreads them (manager/scheduler/scheduler.go): over the
 * branches of each placement preference, and then over the nodes, as far as there is room. Of those that are alike the
 * one with more tasks now gets the one that is left over, so that nothing moves that need not.
 */
export function evenly(places: readonly Place[], total: number): Map<string, number> {
  const given = new Map(places.map(({ id }) => [id, 0]));
  const sum = (some: readonly Place[], of: (place: Place) => number) =>
    some.reduce((all, place) => all + of(place), 0);
  const givenTo = ({ id }: Place) => given.get(id) ?? 0;
  const nowAt = ({ now }: Place) => now;

  function next(candidates: readonly Place[], depth: number): Place {
    const groups = new Map<string, Place[]>();
    for (const place of candidates) {
      const key = depth < place.branches.length ? place.branches[depth] : place.id;
      groups.set(key, [...(groups.get(key) ?? []), place]);
    }
    // Places that are full count in their branch as well.
    const ofBranch = (group: readonly Place[]) =>
      depth < group[0].branches.length
        ? places.filter(({ branches }) => isBelow(group[0].branches.slice(0, depth + 1), branches))
        : group;
    const [best] = [...groups.values()]
      .map((group) => ({ group, all: ofBranch(group) }))
      .sort((a, b) => sum(a.all, givenTo) - sum(b.all, givenTo) || sum(b.all, nowAt) - sum(a.all, nowAt));
    return best.group.length === 1 ? best.group[0] : next(best.group, depth + 1);
  }

  for (let left = total; left > 0; left--) {
    const open = places.filter((place) => givenTo(place) < place.room);
    if (open.length === 0) break;
    const place = next(open, 0);
    given.set(place.id, givenTo(place) + 1);
  }
  return given;
}

function isBelow(branch: readonly string[], branches: readonly string[]): boolean {
  return branch.every((value, depth) => branches[depth] === value);
}
