import { stringify } from "yaml";
import { waitFor } from "../../../foundation/wait";
import { startSwarm, type TestSwarm } from "../../../testing/testing";
import { appImage } from "../harness/app-image";
import { Application } from "../harness/application";
import { docker } from "../harness/docker";
import { Workspace } from "../harness/workspace";

jest.setTimeout(300_000);

/** What docs/stacks.md says of a stack that fails: by Pulumi's CLI, on a stack that ran before. */
let swarm: TestSwarm;
let image: string;
let workspace: Workspace;
let shop: Application;

const TIMEOUT_S = 15;

beforeAll(async () => {
  image = await appImage();
  swarm = await startSwarm({ managers: 1, workers: 1, images: [image] });
  workspace = await Workspace.create();
  const managers = [{ name: "manager-1", container: `${swarm.name}-manager-1` }];
  const settings = { managers, stack: "shop", image, greeting: "Hello.", convergeTimeout: TIMEOUT_S };
  shop = await Application.create("shop", workspace, settings);
  shop.compose(good());
  await shop.up();
});
afterAll(async () => {
  await shop?.tryDestroy();
  await workspace?.remove();
  await swarm?.stop();
});

type Service = { deploy?: { [key: string]: unknown }; [key: string]: unknown };

/** A stack of `web`, which runs twice, and of another service. */
function compose(web: Service = {}, other?: Service): string {
  const common = {
    image,
    command: ["sleep", "infinity"],
    stop_grace_period: "0s",
    secrets: ["token"],
    configs: ["greeting"],
  };
  const service = ({ deploy, ...rest }: Service, more: object = {}) => {
    const update_config = { monitor: "2s", failure_action: "pause" };
    return { ...common, ...rest, deploy: { endpoint_mode: "dnsrr", update_config, ...more, ...deploy } };
  };
  const services = { web: service(web, { replicas: 2 }), ...(other ? { other: service(other) } : {}) };
  return stringify({
    services,
    configs: { greeting: { external: true } },
    secrets: { token: { external: true } },
  });
}
const good = () => compose();

/** Replicas of the services. */
const running = async () =>
  (await swarm.docker("service", "ls", "--format", "{{.Name}} {{.Replicas}}")).trim().split("\n").sort();
/** The same once the engine has counted those that have ended meanwhile. */
async function settled(expected: readonly string[] | RegExp): Promise<string[]> {
  let seen: string[] = [];
  const condition = { name: "the tasks are counted", on: "the manager", intervalMs: 500, timeoutMs: 20_000 };
  await waitFor(condition, async () => {
    seen = await running();
    const isSo = expected instanceof RegExp ? expected.test(seen.join()) : seen.join() === expected.join();
    return isSo ? { done: undefined } : { pending: seen.join() };
  }).catch(() => undefined);
  return seen;
}

/** What the state has of the stack: its services, and why it is not as it shall be. */
async function recorded() {
  const { outputs, initErrors } = (await shop.recorded("swarm:index:SwarmStack")) ?? {};
  return { services: (outputs?.services as unknown[]).length, failed: initErrors !== undefined };
}

interface Case {
  what: string;
  bad: () => string;
  message: RegExp;
  /** Replicas afterwards, of the former tasks as well. @default web 1/2: one task of before is left, and Docker goes no further */
  left?: string[] | RegExp;
  /** @default it is marked as failed, and its services are not known */
  state?: Awaited<ReturnType<typeof recorded>>;
  before?: () => Promise<unknown>;
  /** What is done so that the same program succeeds. @default the program is the former one again */
  mend?: () => Promise<unknown>;
}

const sh = (text: string) => ({ command: ["sh", "-c", text] });
const again = { deploy: { restart_policy: { condition: "any", delay: "1s" } } };
const exits = (code: number) => ({ ...sh(`echo no database; exit ${code}`), ...again });
const unhealthy = { healthcheck: { test: ["CMD", "false"], interval: "1s", retries: 2 } };
const second = {
  environment: { SLOT: "{{.Task.Slot}}" },
  ...sh("[ $$SLOT = 1 ] && exec sleep infinity; echo no room for $$SLOT; exit 4"),
};
const at = (published: number) => ({ ports: [{ target: 80, published, mode: "host" }] });
/** The update of a service is over. */
const paused = (reason: string) =>
  new RegExp(`shop_web: its update ended as paused: .*; task shop_web\\.\\d on \\S+ .*${reason}`);
/** The same, or the end of the time: it depends on where the engine is with the other task when one fails. */
const pausedOrLate = (reason: string) => new RegExp(`task shop_web\\.\\d on \\S+ is failed: .*${reason}`);
/** Time is over. */
const late = (reason: string) => new RegExp(`stack shop: waited ${TIMEOUT_S} s .*; task shop_.* ${reason}`);
/** Where the update was not paused, Docker goes on with it after the error. */
const ONE_OR_NONE = /^shop_web [01]\/2$/;
const BESIDE = ["shop_other 0/1", "shop_web 2/2"];
/** Nothing was begun. */
const AS_BEFORE = { left: ["shop_web 2/2"], state: { services: 1, failed: false } };

const cases: Case[] = [
  // Its task is rejected before it begins: the other one of before is still there.
  {
    what: "an image that is nowhere",
    bad: () => compose({ image: "nobody-has-this:1" }),
    message: paused("No such image: nobody-has-this:1"),
  },
  {
    what: "the same of a new service",
    bad: () => compose({}, { image: "nobody-has-this:1" }),
    message: late("is rejected: No such image: nobody-has-this:1"),
    left: BESIDE,
  },
  {
    what: "exit code 1",
    bad: () => compose(exits(1)),
    message: paused("non-zero exit \\(1\\)[^]*\\| no database"),
  },
  {
    what: "the same of a new service, again and again",
    bad: () => compose({}, exits(1)),
    message: late("is failed: task: non-zero exit \\(1\\)"),
    left: BESIDE,
  },
  {
    what: "exit code 0",
    bad: () => compose(exits(0)),
    message: paused("ended by itself with exit code 0; .*replicated-job"),
  },
  {
    what: "the same of a new service",
    bad: () => compose({}, exits(0)),
    message: late("ended by itself with exit code 0"),
    left: BESIDE,
  },
  {
    what: "never healthy",
    bad: () => compose(unhealthy),
    message: pausedOrLate("unhealthy container"),
    left: ONE_OR_NONE,
  },
  {
    what: "the same of a new service",
    bad: () => compose({}, unhealthy),
    message: late(".*unhealthy container"),
    left: BESIDE,
  },
  {
    what: "a constraint that nobody meets, until a node does",
    bad: () => compose({ deploy: { placement: { constraints: ["node.labels.gpu == yes"] } } }),
    message: late("is pending: no suitable node \\(scheduling constraints not satisfied on 2 nodes\\)"),
    mend: () => swarm.docker("node", "update", "--label-add", "gpu=yes", "worker-1"),
  },
  {
    what: "a port that another service has, until that one goes",
    before: () =>
      swarm.docker(
        "service",
        "create",
        "--detach",
        "--name",
        "taker",
        "--mode",
        "global",
        "--publish",
        "mode=host,published=8471,target=80",
        image,
      ),
    bad: () => compose(at(8471)),
    message: late("is pending: no suitable node \\(host-mode port already in use on 2 nodes\\)"),
    left: ["shop_web 1/2", "taker 2/2"],
    mend: () => swarm.docker("service", "rm", "taker"),
  },
  {
    what: "a port that a process of the nodes has",
    before: () =>
      Promise.all(
        swarm.nodes.map(({ name }) =>
          docker(
            "exec",
            "--detach",
            `${swarm.name}-${name}`,
            "perl",
            "-MIO::Socket::INET",
            "-e",
            "$s = IO::Socket::INET->new(LocalPort => 8472, Listen => 1) or die; sleep 1000",
          ),
        ),
      ),
    bad: () => compose(at(8472)),
    message: paused("listen tcp4 0\\.0\\.0\\.0:8472: bind: address already in use"),
  },
  {
    what: "a secret that was removed by hand, which Docker allows where no service uses it any more",
    before: async () => {
      const name = (await swarm.docker("secret", "ls", "--format", "{{.Name}}")).trim();
      await expect(swarm.docker("secret", "rm", name)).rejects.toThrow(
        /is in use by the following service: shop_web/,
      );
      await swarm.docker("service", "update", "--detach", "--secret-rm", name, "shop_web");
      await swarm.docker("secret", "rm", name);
    },
    bad: () => compose({ environment: { LEVEL: "2" } }),
    message: /secret not found: token-\w+\. .* run `pulumi up --refresh`/,
    // Docker had begun with the services, and stays at the first one that it does not take.
    left: ["shop_web 2/2"],
    mend: () => shop.up("--refresh"),
  },
  {
    what: "a compose file that is none",
    bad: () => good().replace("replicas: 2", "replicas: two"),
    message:
      /nothing was created or changed\.\n.*\n.*app\.yml:\d+ services\.web\.deploy\.replicas: "two" is a text/,
    ...AS_BEFORE,
  },
  {
    what: "a second replica that breaks",
    bad: () => compose({ ...second, ...again }),
    message: pausedOrLate("non-zero exit \\(4\\)[^]*\\| no room for 2"),
    left: ONE_OR_NONE,
  },
  {
    what: "the same of a new service",
    bad: () => compose({}, { ...second, deploy: { replicas: 2, ...again.deploy } }),
    message: late("is failed: task: non-zero exit \\(4\\)[^]*\\| no room for 2"),
    left: ["shop_other 1/2", "shop_web 2/2"],
  },
];

test.each(cases)("$what", async ({ bad, message, left = ["shop_web 1/2"], state, before, mend }) => {
  await before?.();
  shop.compose(bad());
  const { code, text } = await shop.tryUp();
  expect(code).not.toBe(0);
  expect(text).toMatch(message);
  expect(text).not.toMatch(/error from daemon in stream/);
  expect(await recorded()).toEqual(state ?? { services: 0, failed: true });
  const seen = await settled(left);
  if (left instanceof RegExp) expect(seen.join()).toMatch(left);
  else expect(seen).toEqual(left);
  if (mend) await mend();
  else shop.compose(good());
  await shop.up();
  expect((await settled(/^shop_web 2\/2$/)).join()).toBe("shop_web 2/2");
  expect(await recorded()).toEqual({ services: 1, failed: false });
});
