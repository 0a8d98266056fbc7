import { drift } from "./claims/drift";
import { firstUp, nothingToDo } from "./claims/first-up";
import { lastDestroy } from "./claims/last-destroy";
import { membership } from "./claims/membership";
import { otherTools } from "./claims/other-tools";
import { rotation } from "./claims/rotation";
import { settings } from "./claims/settings";
import { FIRST_PASSWORD, SETTINGS, UP_MS, type Shared } from "./claims/shared";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

jest.setTimeout(60_000);

/** One cluster of 3 + 2 nodes, to save time: the claims run in this order, and each leaves it as the first `up` made it. */
const shared = {} as Shared;

beforeAll(async () => {
  shared.workspace = await Workspace.create(SETTINGS);
  await shared.workspace.configureSecret("demoPassword", FIRST_PASSWORD);
  shared.witness = new Witness(shared.workspace.cluster);
}, 60_000);

afterAll(() => shared.workspace?.remove(), UP_MS);

describe("the first up", () => firstUp(shared));
describe("nothing to do", () => nothingToDo(shared));
describe("other tools", () => otherTools(shared));
describe("nodes", () => membership(shared));
describe("drift", () => drift(shared));
describe("secrets and configs", () => rotation(shared));
describe("settings of the swarm", () => settings(shared));
describe("destroy", () => lastDestroy(shared));
