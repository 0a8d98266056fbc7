import type { ManagerRef } from "../../schema/connection";
import { shapeOf } from "../../schema/package-schema";
import type { SecretInputs } from "../../schema/objects";
import { ownerLabels, type Owner } from "../../schema/owner";
import { config } from "../../provider/handlers/config";
import type { Context } from "../../foundation/context";
import { Operations, type AnyHandler } from "../../provider/rpc/operations";
import { Session } from "../../foundation/session";
import { TRAITS } from "./fixtures/machine-traits";

const OWNER: Owner = { project: "p", stack: "s", cluster: "c", id: "1a" };
const MANAGERS: ManagerRef[] = [{ name: "manager-1", connection: { container: "manager-1" } }];
const HELLO = { clusterId: "swarm", managers: MANAGERS, owner: OWNER, name: "greeting", data: "hello" };

interface Made {
  ID: string;
  Spec: { Name: string; Labels: Record<string, string> };
}

let objects: Made[] = [];
let made = 0;
const engine = {
  transport: { traits: TRAITS },
  swarmState: () => Promise.resolve("active/manager"),
  get: (_action: string, path: string) =>
    Promise.resolve(
      path === "/swarm"
        ? { ID: "swarm", Spec: { Labels: ownerLabels(OWNER) } }
        : path === "/configs"
          ? objects
          : objects.find(({ ID }) => path.endsWith(ID)),
    ),
  post(_action: string, _path: string, { body }: { body: Made["Spec"] }) {
    objects.push({ ID: `id-${++made}`, Spec: body });
    return Promise.resolve({ ID: `id-${made}` });
  },
  delete(_action: string, path: string) {
    objects = objects.filter(({ ID }) => !path.endsWith(ID));
    return Promise.resolve();
  },
};
jest.mock("../../docker/connect", () => ({ connect: () => engine }));

const context: Context = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => undefined,
  info: () => undefined,
  warn: () => undefined,
};
const decoded = (values: object) => ({ values: { ...values }, secrets: new Set<string>() });
const shape = shapeOf("swarm:index:Config");
const operations = new Operations(config as unknown as AnyHandler, shape, context);

async function created(inputs: object) {
  const { id, values } = await operations.create(decoded(inputs), context);
  return { id, state: values as unknown as SecretInputs & { objectId: string; objectName: string } };
}

test("content that came back is the same object, and outlives what an update that failed has left to delete", async () => {
  const first = await created(HELLO);
  const second = await created({ ...HELLO, data: "bye" });
  const again = await created(HELLO);
  expect(again.id).toBe(first.id);
  await operations.delete(first.id, decoded(first.state), context);
  expect(objects.map(({ ID }) => ID)).toEqual([first.id, second.id]);
});

test("one that stays outlives it as well, one that is replaced does not", async () => {
  objects = [];
  for (const data of ["stays", "goes"]) {
    const later = { ...context, session: new Session() };
    const { id, state } = await created({ ...HELLO, data });
    const inputs = { ...HELLO, data: data === "goes" ? "comes" : data };
    const fresh = new Operations(config as unknown as AnyHandler, shape, later);
    fresh.diff(decoded(state), decoded(inputs));
    await fresh.delete(id, decoded(state), later);
  }
  expect(objects).toHaveLength(1);
});
