import { otherNodeImage } from "../../e2e/harness/node-image";
import type { Settings } from "../../e2e/harness/workspace";
import type { Scenario } from "./sweep";

const APP = { name: "app", count: 1 };
const SMALL: Settings = { managers: 1, workers: [APP], nodeImage: undefined };
const WITH_SERVICES: Settings = { ...SMALL, managers: 3, demo: true, demoReplicas: 2 };

const CREATE: Scenario = { name: "create 1+1", from: "nothing", to: SMALL };

const UPDATE: Scenario = {
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

const POOL: Scenario = {
  name: "a pool more",
  from: SMALL,
  to: { ...SMALL, workers: [APP, { name: "db", count: 1 }] },
};

const SCALE: Scenario = { name: "1 to 3 managers", from: SMALL, to: { ...SMALL, managers: 3 } };

const REPLACE: Scenario = { name: "replace 1+1", from: SMALL, to: SMALL, nodeImage: otherNodeImage };

const REPLACE_WITH_SERVICES: Scenario = {
  name: "replace 3+1",
  from: WITH_SERVICES,
  to: WITH_SERVICES,
  nodeImage: otherNodeImage,
};

/** Each an edit and its inverse, so that an edit's end is the next one's start. */
export const SCENARIOS = [CREATE, UPDATE, POOL, SCALE, REPLACE, REPLACE_WITH_SERVICES];

/** Those of two nodes. */
export const SMALL_SCENARIOS = [CREATE, UPDATE, POOL, REPLACE];
