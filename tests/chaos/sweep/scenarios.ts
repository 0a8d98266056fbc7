import type { Scenario } from "./sweep";

const APP = { name: "app", count: 1 };
const SMALL = { managers: 1, workers: [APP] };

export const CREATE: Scenario = { name: "create 1+1", from: "nothing", to: SMALL };

export const UPDATE: Scenario = {
  name: "update",
  from: {
    ...SMALL,
    workers: [{ ...APP, labels: { disk: "a" }, availability: "active" }],
    swarm: { taskHistoryRetentionLimit: 5, rotateWorkerToken: "1" },
  },
  to: {
    ...SMALL,
    workers: [{ ...APP, labels: { disk: "b" }, availability: "drain" }],
    swarm: { taskHistoryRetentionLimit: 7, rotateWorkerToken: "2" },
  },
};

export const SCALE: Scenario = { name: "1 to 3 managers", from: SMALL, to: { ...SMALL, managers: 3 } };

export const POOL: Scenario = {
  name: "a pool more",
  from: SMALL,
  to: { ...SMALL, workers: [APP, { name: "db", count: 1 }] },
};
