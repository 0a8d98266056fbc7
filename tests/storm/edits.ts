import { nodesOf, type Model } from "./model";
import type { Random } from "./random";

/** A change of the program: every kind that docs/operations.md names. */
export interface Edit {
  name: string;
  /** @default always */
  fits?(model: Model): boolean;
  change(model: Model, random: Random): Partial<Model>;
  /** A machine that `--replace` is given, by its node's name. */
  replaced?(model: Model, random: Random): string;
}

const MOST_WORKERS = 3;
const MOST_REPLICAS = 5;

/** The first free name of a row: `app-1`, `app-2`, … */
function fresh(prefix: string, model: Model): string {
  const taken = new Set(nodesOf(model));
  const numbers = Array.from({ length: taken.size + 1 }, (_, index) => `${prefix}-${index + 1}`);
  return numbers.find((name) => !taken.has(name)) ?? prefix;
}

function without(model: Model, names: readonly string[]): Partial<Model> {
  const stays = (name: string) => !names.includes(name);
  return {
    managers: model.managers.filter(stays),
    workers: model.workers.filter(stays),
    drained: model.drained.filter(stays),
    labels: Object.fromEntries(Object.entries(model.labels).filter(([name]) => stays(name))),
  };
}

function some(from: readonly string[], count: number, random: Random): string[] {
  const left = [...from];
  return Array.from({ length: count }, () => left.splice(random.below(left.length), 1)[0]);
}

const hasWorkers = ({ workers }: Model) => workers.length > 0;
/** Somebody has to take the tasks. */
const mayDrain = (model: Model) => model.drained.length === 0 && nodesOf(model).length > 2;

export const EDITS: readonly Edit[] = [
  {
    name: "two managers more",
    fits: ({ managers }) => managers.length < 5,
    change(model) {
      const first = fresh("manager", model);
      const managers = [...model.managers, first];
      return { managers: [...managers, fresh("manager", { ...model, managers })] };
    },
  },
  {
    name: "two managers fewer",
    fits: ({ managers }) => managers.length > 1,
    change: (model, random) => without(model, some(model.managers, 2, random)),
  },
  {
    name: "a worker more",
    fits: ({ workers }) => workers.length < MOST_WORKERS,
    change: (model) => ({ workers: [...model.workers, fresh("app", model)] }),
  },
  {
    name: "a worker fewer",
    fits: hasWorkers,
    change: (model, random) => without(model, [random.pick(model.workers)]),
  },
  {
    name: "a manager and a worker change places",
    fits: (model) => hasWorkers(model) && model.managers.length > 1,
    change({ managers, workers }, random) {
      const [down, up] = [random.pick(managers), random.pick(workers)];
      const swap = (name: string) => (name === down ? up : name === up ? down : name);
      return { managers: managers.map(swap), workers: workers.map(swap) };
    },
  },
  {
    name: "replicas",
    change: ({ replicas }, random) => ({
      replicas: random.pick([1, 2, 3, 4, MOST_REPLICAS].filter((count) => count !== replicas)),
    }),
  },
  { name: "the config's text", change: (_model, random) => ({ greeting: `Hello ${random.below(1e6)}` }) },
  { name: "the secret", change: (_model, random) => ({ password: `password ${random.below(1e6)}` }) },
  {
    name: "a node's label",
    change: (model, random) => ({
      labels: { ...model.labels, [random.pick(nodesOf(model))]: `t${random.below(1000)}` },
    }),
  },
  {
    name: "no labels",
    fits: ({ labels }) => Object.keys(labels).length > 0,
    change: () => ({ labels: {} }),
  },
  {
    name: "a node drained",
    fits: mayDrain,
    change: (model, random) => ({ drained: [random.pick(nodesOf(model))] }),
  },
  {
    name: "all nodes active",
    fits: ({ drained }) => drained.length > 0,
    change: () => ({ drained: [] }),
  },
  { name: "the budget", change: ({ maxUnavailable }) => ({ maxUnavailable: 3 - maxUnavailable }) },
  { name: "a setting of the swarm", change: ({ historyLimit }) => ({ historyLimit: 8 - historyLimit }) },
  { name: "the worker token", change: ({ workerToken }) => ({ workerToken: workerToken + 1 }) },
  { name: "the manager token", change: ({ managerToken }) => ({ managerToken: managerToken + 1 }) },
  { name: "autolock", change: ({ autolock }) => ({ autolock: !autolock }) },
  {
    name: "the unlock key",
    fits: ({ autolock }) => autolock,
    change: ({ unlockKey }) => ({ unlockKey: unlockKey + 1 }),
  },
  { name: "the root CA", change: ({ rootCa }) => ({ rootCa: rootCa + 1 }) },
  { name: "all machines from another image", change: ({ image }) => ({ image: image === 0 ? 1 : 0 }) },
  {
    name: "a machine replaced",
    change: () => ({}),
    replaced: (model, random) => random.pick(nodesOf(model)),
  },
];
