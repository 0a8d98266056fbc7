import type { Settings } from "../e2e/harness/workspace";

/** What the cluster shall be: the program's side of the storm. */
export interface Model {
  managers: readonly string[];
  workers: readonly string[];
  /** Label `turn` of single nodes. */
  labels: Readonly<Record<string, string>>;
  /** Nodes that the program drains. */
  drained: readonly string[];
  replicas: number;
  greeting: string;
  password: string;
  maxUnavailable: number;
  historyLimit: number;
  workerToken: number;
  managerToken: number;
  autolock: boolean;
  unlockKey: number;
  rootCa: number;
  /** Which of two equal node images the machines are made from. */
  image: 0 | 1;
}

/** Small enough for two cores, and every kind of node is there twice. */
export const FIRST: Model = {
  managers: ["manager-1", "manager-2", "manager-3"],
  workers: ["app-1", "app-2"],
  labels: {},
  drained: [],
  replicas: 3,
  greeting: "Hello before the storm",
  password: "password 0",
  maxUnavailable: 1,
  historyLimit: 5,
  workerToken: 0,
  managerToken: 0,
  autolock: false,
  unlockKey: 0,
  rootCa: 0,
  image: 0,
};

export function nodesOf({ managers, workers }: Model): string[] {
  return [...managers, ...workers];
}

/**
 * The configuration of the project that asks for it; its one secret is set apart.
 * @param images - the images that `image` chooses from; undefined is the default one.
 */
export function settingsOf(model: Model, images: readonly (string | undefined)[]): Settings {
  const { managers, workers, labels, drained, maxUnavailable, rootCa } = model;
  const of = <T>(names: readonly string[], values: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
  const nodeLabels = Object.fromEntries(Object.entries(labels).map(([name, turn]) => [name, { turn }]));
  const availability = Object.fromEntries(drained.map((name) => [name, "drain"]));
  return {
    managerNames: managers,
    managerNodeLabels: of(managers, nodeLabels),
    managerNodeAvailability: of(managers, availability),
    workers:
      workers.length === 0
        ? []
        : [
            {
              name: "app",
              names: workers,
              nodeLabels: of(workers, nodeLabels),
              nodeAvailability: of(workers, availability),
            },
          ],
    disruption: { maxUnavailable },
    swarm: {
      taskHistoryRetentionLimit: model.historyLimit,
      rotateWorkerToken: String(model.workerToken),
      rotateManagerToken: String(model.managerToken),
      autoLockManagers: model.autolock,
      ...(model.autolock ? { rotateUnlockKey: String(model.unlockKey) } : {}),
      ...(rootCa > 0 ? { caForceRotate: rootCa } : {}),
    },
    nodeImage: images[model.image],
    demo: true,
    demoReplicas: model.replicas,
    demoGreeting: model.greeting,
  };
}
