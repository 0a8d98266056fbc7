import { startSwarm, type TestSwarm } from "../../../testing/testing";
import { appImage } from "../harness/app-image";
import { testInAll } from "../harness/cases";

jest.setTimeout(300_000);

let swarm: TestSwarm;
let image: string;

beforeAll(async () => {
  image = await appImage();
  swarm = await startSwarm({ managers: 1, workers: 1, images: [image], reuse: true });
});
afterAll(() => swarm?.stop());
afterEach(() => swarm.remove("shop"));

/** A stack of one service `web` like this, and of one that always runs. */
function shop(web: object, deploy: { mode?: string; [key: string]: unknown } = {}) {
  // Docker takes none of a job.
  const update = deploy.mode?.endsWith("-job") ? {} : { update_config: { monitor: "1s" } };
  const common = { image, stop_grace_period: "0s" };
  return {
    services: {
      idle: { ...common, deploy: { update_config: { monitor: "1s" } } },
      web: { ...common, ...web, deploy: { ...update, ...deploy } },
    },
  };
}

async function failureOf(compose: object, options: object = {}): Promise<string> {
  const failure = swarm.deploy(compose, { name: "shop", ...options });
  return failure.then(
    () => "it was deployed",
    (error: Error) => error.message,
  );
}

const running = async () =>
  (await swarm.docker("service", "ls", "--format", "{{.Name}} {{.Replicas}}")).trim();

test("a job that failed and is not started again is over at once, with what it printed", async () => {
  const command = ["sh", "-c", "echo migrating; echo table is locked >&2; exit 3"];
  const message = await failureOf(
    shop({ command }, { mode: "replicated-job", restart_policy: { condition: "none" } }),
    { timeout: 120 },
  );
  expect(message).toMatch(/service shop_web: shop_web 0\/1, and none will be started/);
  expect(message).toMatch(/task shop_web on \S+ is failed: task: non-zero exit \(3\)/);
  expect(message).toMatch(/last lines of shop_web:\n( {4}\| .*\n?)* {4}\| table is locked/);
  expect(message).toMatch(/shop_idle {2}1 of 1 run/);
});

testInAll(
  "a service whose task ends well and is not started again is over at once, and says why",
  async () => {
    const message = await failureOf(
      shop({ command: ["true"] }, { restart_policy: { condition: "on-failure" } }),
      {
        timeout: 120,
      },
    );
    expect(message).toMatch(/shop_web 0\/1, and none will be started by its restart policy; .*exit code 0/);
  },
);

testInAll("a command that ends again and again shows its reason at the deadline", async () => {
  const message = await failureOf(shop({ command: ["true"] }, { restart_policy: { delay: "1s" } }), {
    timeout: 8,
  });
  expect(message).toMatch(/ended by itself with exit code 0; .*replicated-job/);
});

test("an image that is nowhere is told before the deadline, with what to do", async () => {
  const message = await failureOf(shop({ image: "nobody-has-this:1" }), { timeout: 120 });
  expect(message).toMatch(
    /as its image nobody-has-this:1 cannot be had\. Push it .*; task shop_web\.1 on \S+ is rejected: No such image/,
  );
});

testInAll("a global service that no node takes is done, and one that some take is done there", async () => {
  const global = shop({}, { mode: "global", placement: { constraints: ["node.labels.gpu == yes"] } });
  await swarm.deploy(global, { name: "shop" });
  const everywhere = await swarm.deploy(shop({}, { mode: "global" }), { name: "shop" });
  expect(everywhere.find(({ name }) => name === "shop_web")?.replicas).toBe(2);
});

testInAll("a constraint that no node meets is told in the engine's words", async () => {
  const message = await failureOf(shop({}, { placement: { constraints: ["node.labels.gpu == yes"] } }), {
    timeout: 5,
  });
  expect(message).toMatch(/shop_web 0\/1; task shop_web\.1 is pending: no suitable node/);
});

test("what a program prints of the stack's secrets is not repeated", async () => {
  const web = { secrets: ["token"], command: ["sh", "-c", "echo it is; cat /run/secrets/token; exit 1"] };
  const compose = {
    ...shop(web, { mode: "replicated-job", restart_policy: { condition: "none" } }),
    secrets: { token: { environment: "TOKEN" } },
  };
  const message = await failureOf(compose, { timeout: 60, env: { TOKEN: "sesame-4712" } });
  expect(message).toMatch(/\| it is\n.*\| \[secret\]/);
  expect(message).not.toMatch(/sesame/);
});

describe("onFailure: rollback", () => {
  const onFailure = "rollback";

  testInAll("a first deployment that fails leaves nothing", async () => {
    const message = await failureOf(shop({ command: ["false"] }, { restart_policy: { condition: "none" } }), {
      onFailure,
    });
    expect(message).toMatch(/Rolled back: What it had made is removed\.$/);
    expect(await running()).toBe("");
  });

  test("all services run again as before, removed ones come back, and new ones go", async () => {
    const before = {
      ...shop({ environment: { VERSION: "1" }, configs: ["page"] }),
      configs: { page: { content: "one" } },
    };
    await swarm.deploy(before, { name: "shop" });
    const after = {
      services: {
        ...shop({ environment: { VERSION: "2" }, configs: ["page"] }).services,
        fresh: { image, command: ["false"], deploy: { restart_policy: { condition: "none" } } },
      },
      configs: { page: { content: "two" } },
    };
    delete (after.services as { idle?: object }).idle;
    const message = await failureOf(after, { onFailure });
    expect(message).toMatch(/shop_fresh 0\/1, and none will be started/);
    expect(message).toMatch(/Rolled back: All its services run again as before\.$/);
    expect((await running()).split("\n").sort()).toEqual(["shop_idle 1/1", "shop_web 1/1"]);
    expect((await swarm.exec("shop_web", ["sh", "-c", "echo $VERSION; cat /page"])).stdout).toBe("1\none");
    expect((await swarm.docker("config", "ls", "--quiet")).trim().split("\n")).toHaveLength(1);
  });
});
