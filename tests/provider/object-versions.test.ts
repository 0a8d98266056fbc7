import { randomBytes } from "node:crypto";
import { listObjects, type ObjectKind } from "../../docker/objects";
import { inspectSwarm } from "../../docker/swarm";
import type { Context } from "../../foundation/context";
import { Session } from "../../foundation/session";
import { config } from "../../provider/handlers/config";
import { secret } from "../../provider/handlers/secret";
import { Operations, type AnyHandler } from "../../provider/rpc/operations";
import type { SecretInputs } from "../../schema/objects";
import { shapeOf } from "../../schema/package-schema";
import { onManager } from "../../swarm/managers";
import { startSwarm, type TestSwarm } from "../../testing/testing";
import { appImage } from "../e2e/harness/app-image";

jest.setTimeout(300_000);

const owner = {
  ...{ project: "p", stack: "s", cluster: "c", isGuest: true },
  id: randomBytes(16).toString("hex"),
};
let swarm: TestSwarm;
let place: Pick<SecretInputs, "owner" | "clusterId" | "managers">;
let image: string;
let warnings: string[] = [];

beforeAll(async () => {
  image = await appImage();
  swarm = await startSwarm({ managers: 1, workers: 1, images: [image], reuse: true });
  const managers = [{ name: "manager-1", connection: { dockerHost: swarm.dockerHost } }];
  const { ID } = await onManager(managers, run(), (engine) => inspectSwarm(engine));
  place = { owner, clusterId: ID, managers };
});
afterAll(() => swarm?.stop());
afterEach(() => void (warnings = []));

/** What one `pulumi up` has in common. */
function run(): Context {
  return {
    signal: new AbortController().signal,
    session: new Session(),
    progress: () => undefined,
    info: () => undefined,
    warn: (text) => void warnings.push(text),
  };
}

const decoded = (values: object) => ({ values: { ...values }, secrets: new Set<string>() });

interface Made {
  id: string;
  state: SecretInputs & { objectId: string; objectName: string };
}

/** An object of a program from update to update, as Pulumi goes about it: what is to be deleted goes last. */
class ObjectOf {
  made?: Made;

  constructor(
    private readonly kind: ObjectKind,
    private readonly name: string,
  ) {}

  async up(inputs: { data: string; keep?: number }): Promise<Made> {
    const context = run();
    const all = { ...place, ...inputs, name: this.name };
    const operations = this.operationsIn(context);
    const old = this.made;
    const { changed, replaces } = old
      ? operations.diff(decoded(old.state), decoded(all))
      : { changed: ["data"], replaces: ["data"] };
    if (replaces.length > 0) {
      const { id, values } = await operations.create(decoded(all), context);
      this.made = { id, state: values as unknown as Made["state"] };
      if (old) await operations.delete(old.id, decoded(old.state), context);
    } else if (old && changed.length > 0) {
      const { values } = await operations.update(old.id, decoded(old.state), decoded(all), context);
      this.made = { id: old.id, state: values as unknown as Made["state"] };
    }
    return this.made!;
  }

  /** The program has it no more. */
  async drop(): Promise<void> {
    const { id, state } = this.made!;
    const context = run();
    await this.operationsIn(context).delete(id, decoded(state), context);
    this.made = undefined;
  }

  /** IDs of its versions in the swarm. */
  async there(): Promise<string[]> {
    const label = { "pulumi-swarm.name": this.name };
    const found = await onManager(place.managers, run(), (engine, _manager) =>
      listObjects(engine, this.kind, label, new AbortController().signal),
    );
    return found.map(({ ID }) => ID).sort();
  }

  private operationsIn(context: Context): Operations {
    const [handler, type] =
      this.kind === "config"
        ? ([config, "swarm:index:Config"] as const)
        : ([secret, "swarm:index:Secret"] as const);
    return new Operations(handler as unknown as AnyHandler, shapeOf(type), context);
  }
}

const ids = (...versions: Made[]) => versions.map(({ id }) => id).sort();

test.each(["config", "secret"] as const)(
  "of a %s as many versions stay as the program says, and content that comes back is the same object",
  async (kind) => {
    const object = new ObjectOf(kind, `kept-${kind}`);
    const one = await object.up({ data: "one", keep: 3 });
    const two = await object.up({ data: "two", keep: 3 });
    const three = await object.up({ data: "three", keep: 3 });
    expect(await object.there()).toEqual(ids(one, two, three));
    const four = await object.up({ data: "four", keep: 3 });
    expect(await object.there()).toEqual(ids(two, three, four));

    const again = await object.up({ data: "two", keep: 3 });
    expect(again.id).toBe(two.id);
    expect(await object.there()).toEqual(ids(two, three, four));
    // The one that came back is the newest now, and the oldest goes: the third.
    const five = await object.up({ data: "five", keep: 3 });
    expect(await object.there()).toEqual(ids(two, four, five));

    await object.up({ data: "five", keep: 2 });
    expect(await object.there()).toEqual(ids(two, five));
    await object.up({ data: "five" });
    expect(await object.there()).toEqual(ids(five));
    const six = await object.up({ data: "six" });
    expect(await object.there()).toEqual(ids(six));
    await object.up({ data: "seven", keep: 2 });
    await object.drop();
    expect(await object.there()).toEqual([]);
    expect(warnings).toEqual([]);
  },
);

test("a renamed stack finds what it has kept", async () => {
  const object = new ObjectOf("config", "renamed");
  const one = await object.up({ data: "one", keep: 2 });
  await object.up({ data: "two", keep: 2 });
  place = { ...place, owner: { ...owner, stack: "renamed" } };
  expect((await object.up({ data: "one", keep: 2 })).id).toBe(one.id);
  await object.drop();
  expect(await object.there()).toEqual([]);
});

test("two objects are not taken for versions of each other", async () => {
  const [first, second] = [new ObjectOf("config", "first"), new ObjectOf("config", "second")];
  const other = await second.up({ data: "one", keep: 2 });
  const otherNow = await second.up({ data: "two", keep: 2 });
  await first.up({ data: "one", keep: 2 });
  await first.up({ data: "two", keep: 2 });
  await first.drop();
  expect(await first.there()).toEqual([]);
  expect(await second.there()).toEqual(ids(other, otherNow));
  await second.drop();
});

describe("one that a service of somebody else still uses", () => {
  const object = new ObjectOf("config", "used");

  const quick = { update_config: { monitor: "1s" }, rollback_config: { monitor: "1s" } };
  const deploy = ({ state }: Made) =>
    swarm.deploy(
      {
        services: { app: { image, configs: ["it"], deploy: quick } },
        configs: { it: { external: true, name: state.objectName } },
      },
      { name: "others" },
    );

  test("stays with a warning that names the service, and goes with a later version", async () => {
    const one = await object.up({ data: "one" });
    await deploy(one);
    const two = await object.up({ data: "two" });
    expect(await object.there()).toEqual(ids(one, two));
    expect(warnings).toEqual([
      expect.stringMatching(
        /^the config used-\w{10} stays: .*in use by.*others_app\. It goes with a later version of the config, once nothing uses it\.$/,
      ),
    ]);
    await deploy(two);
    const three = await object.up({ data: "three", keep: 2 });
    expect(await object.there()).toEqual(ids(two, three));
  });

  test("is what the service can be rolled back to where it was kept", async () => {
    await deploy(object.made!);
    expect((await swarm.exec("others_app", ["cat", "/it"])).stdout).toBe("three");
    await swarm.docker("service", "rollback", "--detach=false", "--quiet", "others_app");
    expect((await swarm.exec("others_app", ["cat", "/it"])).stdout).toBe("two");
  });

  test("stays where the object goes as a whole, and everything else of it is gone", async () => {
    await object.drop();
    expect(await object.there()).toHaveLength(1);
    expect(warnings).toEqual([
      expect.stringMatching(/stays: .*others_app\. Once nothing uses it: .* docker config rm used-\w{10}$/),
    ]);
    await swarm.remove("others");
  });
});
