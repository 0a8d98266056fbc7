import type { ManagerRef } from "../../schema/connection";
import type { NetworkInputs, SecretInputs } from "../../schema/objects";
import { ownerLabels, type Owner } from "../../schema/owner";
import { engineError } from "../../docker/errors";
import { isForeignIn, isOwnedIn } from "../../swarm/swarm-ownership";
import { config } from "../../provider/handlers/config";
import { existingSwarm } from "../../provider/handlers/existing-swarm";
import type { Context } from "../../foundation/context";
import { network } from "../../provider/handlers/network";
import { TransportError } from "../../transport/transport";
import { Session } from "../../foundation/session";
import { TRAITS } from "./fixtures/machine-traits";

const SHOP: Owner = { project: "shop", stack: "prod", cluster: "cluster", id: "5a0b", isGuest: true };
const MAIL: Owner = { ...SHOP, project: "mail", id: "3a11" };
const PLATFORM: Owner = { project: "platform", stack: "prod", cluster: "prod", id: "1a7f" };
const MANAGERS: ManagerRef[] = [{ name: "manager-1", connection: { container: "manager-1" } }];

/** What is in the swarm: path → what is there. */
let there: Record<string, unknown>;
let swarmId: string;
/** What the manager says in place of all answers. */
let failure: Error | undefined;
let removed: string[];
let said: string[];

const engine = {
  transport: { traits: TRAITS },
  swarmState: () => (failure ? Promise.reject(failure) : Promise.resolve("active/manager")),
  async get(action: string, path: string) {
    if (failure) throw failure;
    if (path === "/swarm") return { ID: swarmId, Spec: { Labels: ownerLabels(PLATFORM) } };
    if (!(path in there)) throw engineError("manager-1", action, 404, "not found");
    return there[path];
  },
  async post(action: string, path: string, { body }: { body: { Name: string } }) {
    if (failure) throw failure;
    const kind = path.split("/")[1];
    const all = (there[`/${kind}`] ?? []) as { Spec: { Name: string } }[];
    if (all.some(({ Spec }) => Spec.Name === body.Name))
      throw engineError(
        "manager-1",
        action,
        409,
        `rpc error: code = AlreadyExists desc = config ${body.Name} already exists`,
      );
    return { ID: `new-${body.Name}`, Id: `new-${body.Name}` };
  },
  async delete(_action: string, path: string) {
    if (failure) throw failure;
    removed.push(path);
  },
};
jest.mock("../../docker/connect", () => ({ connect: () => engine }));

const context: Context = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => undefined,
  info: (text) => said.push(`info: ${text}`),
  warn: (text) => said.push(`warning: ${text}`),
};

beforeEach(() => {
  [there, swarmId, failure, removed, said] = [{ "/configs": [] }, "c", undefined, [], []];
});

const gone = () => new TransportError("manager-1", "gone", "there is no such container", "");
const stopped = () => new TransportError("manager-1", "stopped", "the container does not run", "");
const place = (owner: Owner) => ({ clusterId: "c", managers: MANAGERS, owner });
const configOf = (owner: Owner) => ({ ...place(owner), name: "greeting", data: "hello" }) as SecretInputs;
const state = { ...configOf(SHOP), objectId: "x", objectName: "greeting-1" };

describe("what is whose in a swarm", () => {
  const inside = (owner?: Owner) => ({ id: "1", labels: owner ? ownerLabels(owner) : {} });
  const swarm = { ...ownerLabels(PLATFORM), "pulumi-swarm.former": "5a0b", "pulumi-swarm.networks": "1" };

  test("a guest has what carries its identity, whatever the swarm says of itself", () => {
    expect(isOwnedIn(swarm, SHOP, inside(SHOP))).toBe(true);
    for (const other of [PLATFORM, MAIL, { ...SHOP, id: undefined }, undefined])
      expect(isOwnedIn(swarm, SHOP, inside(other))).toBe(false);
    expect(isForeignIn(swarm, SHOP, inside(PLATFORM))).toBe(true);
  });

  test("the program of the swarm has nothing of a guest's", () => {
    expect(isOwnedIn(ownerLabels(PLATFORM), PLATFORM, inside(SHOP))).toBe(false);
    expect(isForeignIn(ownerLabels(PLATFORM), PLATFORM, inside(SHOP))).toBe(true);
  });
});

describe("a swarm that another program makes", () => {
  const inputs = { owner: SHOP, managers: MANAGERS };

  test("is known by its managers", async () => {
    expect(await existingSwarm.create(inputs, context)).toEqual({ id: "c", outputs: { clusterId: "c" } });
  });

  test("has to be the one that is expected, also in a preview", async () => {
    const refused =
      /manager-1 is in swarm c, and everything of this program is in swarm other\. Nothing was changed/;
    await expect(existingSwarm.create({ ...inputs, expectedId: "other" }, context)).rejects.toThrow(refused);
    await expect(existingSwarm.previewed?.({ ...inputs, expectedId: "other" }, context)).rejects.toThrow(
      refused,
    );
  });

  test("stays the same where it is reached in another way", async () => {
    const old = { ...inputs, clusterId: "c" };
    expect(await existingSwarm.update("c", old, inputs, context)).toEqual({ clusterId: "c" });
    swarmId = "d";
    await expect(existingSwarm.update("c", old, inputs, context)).rejects.toThrow(/manager-1 is in swarm d/);
    const chosen = { ...inputs, expectedId: "d" };
    expect(await existingSwarm.update("c", old, chosen, context)).toEqual({ clusterId: "d" });
  });

  test("is gone with its managers, and not where they only do not answer", async () => {
    const known = { ...inputs, clusterId: "c" };
    failure = gone();
    expect(await existingSwarm.read("c", known, context)).toBeUndefined();
    failure = stopped();
    await expect(existingSwarm.read("c", known, context)).rejects.toThrow(/does not run/);
    expect(await existingSwarm.update("c", known, { ...inputs, forget: true }, context)).toEqual({
      clusterId: "c",
    });
  });
});

describe("what a guest puts into a swarm", () => {
  test("is not made where the managers are in another swarm by now", async () => {
    swarmId = "d";
    await expect(config.create(configOf(SHOP), context)).rejects.toThrow(/manager-1 is in swarm d/);
  });

  test("does not take the place of what another program has, and names both", async () => {
    const { outputs } = await config.create(configOf(MAIL), context);
    there["/configs"] = [{ ID: "1", Spec: { Name: outputs.objectName, Labels: ownerLabels(MAIL) } }];
    const both =
      /belongs to project mail, stack prod, cluster cluster \(identity 3a11\), and this is project shop, .*5a0b\)\. It was left/;
    await expect(config.create(configOf(SHOP), context)).rejects.toThrow(both);
    there["/networks"] = [{ Id: "n", Name: "front", Labels: ownerLabels(MAIL) }];
    const front = { ...place(SHOP), name: "front" } as NetworkInputs;
    await expect(network.create(front, context)).rejects.toThrow(both);
    there["/networks"] = [{ Id: "n", Name: "front", Labels: ownerLabels(PLATFORM) }];
    await expect(network.create(front, context)).rejects.toThrow(/belongs to project platform/);
  });

  test("goes with its swarm, which may be another one or gone", async () => {
    there["/configs/x"] = { ID: "x", Spec: { Name: "greeting-1", Labels: ownerLabels(SHOP) } };
    swarmId = "d";
    await config.delete("x", state, context);
    failure = gone();
    await config.delete("x", state, context);
    expect(removed).toEqual([]);
    expect(said).toEqual([
      expect.stringMatching(/^warning: the config greeting-1 stays: its managers are in swarm d/),
      expect.stringMatching(
        /^info: the config greeting-1 went with its swarm: manager-1: there is no such container/,
      ),
    ]);
    expect(await config.read("x", state, context)).toBeUndefined();
  });

  test("is removed though the swarm is another program's", async () => {
    there["/configs/x"] = { ID: "x", Spec: { Name: "greeting-1", Labels: ownerLabels(SHOP) } };
    await config.delete("x", state, context);
    expect(removed).toEqual(["/configs/x"]);
  });

  test("is forgotten only where the program says so, as long as nobody answers", async () => {
    failure = stopped();
    await expect(config.delete("x", state, context)).rejects.toThrow(
      /does not run[^]*set `forget: true` on ExistingCluster "cluster", run `pulumi up`/,
    );
    await config.delete("x", { ...state, forget: true }, context);
    expect(said).toEqual([expect.stringMatching(/^warning: the config greeting-1 is forgotten/)]);
    const own = { ...state, owner: PLATFORM };
    await expect(config.delete("x", own, context)).rejects.not.toThrow(/forget/);
  });
});
