import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import {
  checkApplications,
  deployApplications,
  deployedServices,
  jobLogs,
  readApplications,
} from "../../program/applications";
import { ExistingCluster, type SwarmCluster } from "../../library";
import { problemsAsRegistered } from "./fixtures/as-provider";

type Inputs = Record<string, unknown>;

/** By which Pulumi knows a secret. */
const SECRET = "4dabf18193072939515e22adb298388d";

let registered: { type: string; name: string; inputs: Inputs }[];

beforeEach(() => {
  registered = [];
  void pulumi.runtime.setMocks(
    {
      call: ({ inputs }) => inputs as Inputs,
      newResource({ type, name, inputs }) {
        registered.push({ type, name, inputs: inputs as Inputs });
        const made = {
          ...{ identity: "i", clusterId: "c", objectName: `${name}-0123456789`, networkId: "n", value: "v" },
          ...{ services: [{ name: `${name}_${name}`, id: "s", replicas: 1 }], logs: `of ${name}` },
        };
        return { id: name, state: { ...(inputs as Inputs), ...made } };
      },
    },
    "shop",
    "prod",
  );
});
afterEach(() => {
  for (const { type, name, inputs } of registered)
    expect([name, problemsAsRegistered(type, inputs)]).toEqual([name, []]);
  delete process.env.PULUMI_CONFIG_SECRET_KEYS;
});
afterEach(() => pulumi.runtime.disconnect());

/** As a stack's file has it. @param encrypted - keys with something encrypted in them */
function settingsOf(config: Record<string, object>, ...encrypted: string[]) {
  const all = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [`swarm:${key}`, JSON.stringify(value)]),
  );
  pulumi.runtime.setAllConfig(all);
  process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(encrypted.map((key) => `swarm:${key}`));
  return readApplications(new pulumi.Config("swarm"), all);
}
const problemsOf = (config: Record<string, object>) =>
  checkApplications(settingsOf(config)).map(({ where, text }) => `${where} ${text}`);

/** Deploys it, and waits for all of it. */
async function deployed(config: Record<string, object>, ...encrypted: string[]) {
  const settings = settingsOf(config, ...encrypted);
  expect(checkApplications(settings)).toEqual([]);
  const cluster = new ExistingCluster("prod", { managers: [{ container: "manager-1" }] });
  const made = deployApplications(cluster as unknown as SwarmCluster, settings);
  const told = pulumi.all([pulumi.output(deployedServices(made)), pulumi.output(jobLogs(made))]);
  const [services, logs] = await new Promise<[Record<string, unknown>, unknown]>((resolve) =>
    told.apply((known) => resolve(known as [Record<string, unknown>, unknown])),
  );
  return { services, logs };
}
function inputsOf(type: string, name: string): Inputs {
  return registered.find((one) => one.type === `swarm:index:${type}` && one.name === name)?.inputs ?? {};
}
function composeOf(type: string, name: string): Inputs {
  const [{ content }] = inputsOf(type, name).composeFiles as [{ content: string }];
  return parse(content) as Inputs;
}

const CONFIG = {
  networks: { backend: {} },
  configs: { site: "hello" },
  secrets: { token: { generate: {} } },
  services: {
    web: {
      image: "shop:1",
      replicas: 2,
      env: { LEVEL: "info" },
      networks: ["backend"],
      secrets: { token: { uid: "65534" }, key: { secret: "token", target: "/etc/key" } },
      configs: { "site.conf": "site", motd: { config: "motd-1", external: true } },
      stopGracePeriod: "5s",
      dependsOn: "migrate",
    },
  },
  jobs: {
    migrate: {
      image: "shop:1",
      command: ["./migrate"],
      networks: { backend: { aliases: ["m"] }, edge: { external: true } },
      triggers: ["1"],
    },
  },
};

test("services and jobs of the configuration are those of a program, made in their order", async () => {
  const { services, logs } = await deployed(CONFIG);
  expect(services).toEqual({ web: [expect.objectContaining({ name: "web_web", id: "s", replicas: 1 })] });
  expect(logs).toEqual({ migrate: "of migrate" });
  expect(composeOf("SwarmStack", "web")).toEqual({
    services: {
      web: {
        image: "shop:1",
        environment: { LEVEL: "info" },
        networks: { backend: {} },
        secrets: [
          { source: "token", uid: "65534" },
          { source: "key", target: "/etc/key" },
        ],
        configs: ["site.conf", "motd"],
        stop_grace_period: "5s",
        deploy: { replicas: 2 },
      },
    },
    networks: { backend: { external: true } },
    secrets: { token: { external: true }, key: { external: true } },
    configs: { "site.conf": { external: true }, motd: { external: true, name: "motd-1" } },
  });
  expect(inputsOf("SwarmStack", "web").secrets).toEqual({
    token: "token-0123456789",
    key: "token-0123456789",
  });
  expect(composeOf("SwarmJob", "migrate")).toMatchObject({
    services: { migrate: { networks: { backend: { aliases: ["m"] }, edge: {} } } },
    networks: { backend: { external: true }, edge: { external: true, name: "edge" } },
  });
  expect(inputsOf("SwarmJob", "migrate").triggers).toEqual(['"1"']);
  const order = registered.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);
  expect(order.indexOf("SwarmJob migrate")).toBeLessThan(order.indexOf("SwarmStack web"));
});

test("variables are secret where a part of the configuration is encrypted", async () => {
  await deployed(CONFIG, "services");
  const { environment } = inputsOf("SwarmStack", "web");
  expect(environment).toEqual({ [SECRET]: expect.any(String) as string, value: { env_LEVEL: "info" } });
  expect(JSON.stringify(composeOf("SwarmStack", "web"))).not.toContain("info");
});

test("a stack as well", async () => {
  const composeFiles = path.resolve("examples/minimal/hello.yml");
  const configs = { greeting: "hello" };
  await deployed(
    { configs, stacks: { shop: { composeFiles, configs: ["greeting"], env: { IMAGE: "x:1" } } } },
    "stacks",
  );
  const { environment } = inputsOf("SwarmStack", "shop");
  expect(environment).toEqual({ [SECRET]: expect.any(String) as string, value: { IMAGE: "x:1" } });
});

test("what is wrong is told by its place", () => {
  expect(
    problemsOf({
      networks: { backend: {} },
      services: {
        one: "nginx",
        web: { image: "shop:1", imagee: "x", networks: ["back"], secrets: "token", triggers: ["1"] },
        api: { image: "shop:1", networks: { backend: { alias: ["x"] } }, configs: { a: 5 }, dependsOn: "db" },
      },
      jobs: { migrate: { image: "shop:1", ports: ["80"] } },
    }),
  ).toEqual([
    'services.one "nginx" is no mapping. Write it like {image: "shop:1"}.',
    'services.web.imagee is not known here. Did you mean "image"?',
    expect.stringMatching(/^services\.web\.triggers is not known here\. Known: /),
    'services.web.networks "back" is not configured. Add it to `networks`, which has: backend. ' +
      "Where it is in the swarm already: {network: back, external: true}.",
    'services.web.secrets "token" is no list of names. Write ["token"].',
    'services.api.networks.backend.alias is not known here. Did you mean "aliases"?',
    "services.api.configs.a 5 is no name. Write that of a config.",
    expect.stringMatching(/^jobs\.migrate\.ports is not known here\./),
    'services.api.dependsOn "db" is no stack, service or job of this configuration, which has: one, web, api, migrate.',
  ]);
});

test("a circle of what depends on each other is told once, and nothing waits for it", async () => {
  const image = "shop:1";
  const services = {
    a: { image, dependsOn: ["b"] },
    b: { image, dependsOn: "c" },
    c: { image, dependsOn: ["a", "d"] },
    d: { image },
  };
  expect(problemsOf({ services })).toEqual([
    "services.a.dependsOn a → b → c → a is a circle. Take one of them out.",
  ]);
  const cluster = new ExistingCluster("prod", { managers: [{ container: "manager-1" }] });
  const made = deployApplications(cluster as unknown as SwarmCluster, settingsOf({ services }));
  expect([...made.keys()].sort()).toEqual(["services.a", "services.b", "services.c", "services.d"]);
  await new Promise((resolve) => setImmediate(resolve));
});
