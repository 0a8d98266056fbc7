import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import {
  ExistingCluster,
  Job,
  Network,
  Secret,
  Service,
  type Cluster,
  type ServiceArgs,
} from "../../library";
import { serviceProblems } from "../../components/service-checks";
import { argumentAt, renderService } from "../../components/service-compose";
import { checkStackName } from "../../components/stack-names";
import { problemsAsRegistered } from "./fixtures/as-provider";

type Inputs = Record<string, unknown>;

let registered: { type: string; name: string; inputs: Inputs }[];

beforeEach(() => {
  registered = [];
  void pulumi.runtime.setMocks(
    {
      call: ({ inputs }) => inputs as Inputs,
      newResource({ type, name, inputs }) {
        registered.push({ type, name, inputs: inputs as Inputs });
        const service = { name: `${name}_${name}`, id: `id-of-${name}`, replicas: 2 };
        const made = {
          ...{ identity: `identity-of-${name}`, clusterId: "the-cluster", objectName: `${name}-0123456789` },
          ...{ networkId: "n", services: [service], logs: "done", value: "v" },
        };
        return { id: name, state: { ...(inputs as Inputs), ...made } };
      },
    },
    "shop",
    "prod",
  );
});
// Whatever is registered is what the provider takes.
afterEach(() => {
  for (const { type, name, inputs } of registered)
    expect([name, problemsAsRegistered(type, inputs)]).toEqual([name, []]);
});
afterEach(() => pulumi.runtime.disconnect());

const inCluster = () => new ExistingCluster("prod", { managers: [{ container: "manager-1" }] });
const settled = (...outputs: pulumi.Output<unknown>[]) =>
  new Promise<unknown[]>((resolve) => pulumi.all(outputs).apply((values) => resolve(values)));
const inputsOf = (type: string) => registered.find((one) => one.type === `swarm:index:${type}`)?.inputs ?? {};
function composeOf(type: string): Inputs {
  const [{ content }] = inputsOf(type).composeFiles as [{ content: string }];
  return parse(content) as Inputs;
}
test("a service is a stack of one service, in Docker's own words", async () => {
  const cluster = inCluster();
  const backend = new Network("backend", { cluster });
  const token = new Secret("token", { cluster, data: "sesame" });
  const service = new Service("web", {
    cluster,
    image: "shop:1",
    command: ["serve", "$PORT"],
    env: { LEVEL: "info", httpProxy: "x" },
    ports: ["8080:80", { target: 53, protocol: "udp", mode: "host" }],
    replicas: 2,
    networks: { backend, outer: "edge", inner: { network: backend, aliases: ["shop"] } },
    secrets: { token, key: { secret: "key-1", target: "/etc/key", mode: 0o400 } },
    mounts: [
      { source: "data", target: "/data" },
      { type: "bind", source: "/srv", target: "/srv", readOnly: true },
    ],
    volumes: { data: { driver: "nfs", driverOpts: { deviceName: "x" } } },
    placement: { constraints: ["node.role == worker"], maxReplicasPerNode: 1 },
    update: { order: "start-first", failureAction: "rollback", maxFailureRatio: 0.5 },
    health: { test: ["CMD", "true"], startPeriod: "3s" },
    labels: { camelCase: "1" },
    containerLabels: { camelCase: "2" },
    stopGracePeriod: "5s",
    ignore: ["replicas"],
    onFailure: "rollback",
  });
  expect(await settled(service.serviceName, service.serviceId, service.replicas)).toEqual([
    "web_web",
    "id-of-web",
    2,
  ]);
  expect(composeOf("SwarmStack")).toEqual({
    services: {
      web: {
        image: "shop:1",
        command: ["serve", "$$PORT"],
        environment: { LEVEL: "info", httpProxy: "x" },
        ports: ["8080:80", { target: 53, protocol: "udp", mode: "host" }],
        networks: { backend: {}, outer: {}, inner: { aliases: ["shop"] } },
        secrets: ["token", { source: "key", target: "/etc/key", mode: 0o400 }],
        volumes: [
          { type: "volume", source: "data", target: "/data" },
          { type: "bind", source: "/srv", target: "/srv", read_only: true },
        ],
        deploy: {
          replicas: 2,
          placement: { constraints: ["node.role == worker"], max_replicas_per_node: 1 },
          update_config: { order: "start-first", failure_action: "rollback", max_failure_ratio: 0.5 },
          labels: { camelCase: "1" },
        },
        healthcheck: { test: ["CMD", "true"], start_period: "3s" },
        labels: { camelCase: "2" },
        stop_grace_period: "5s",
      },
    },
    secrets: { token: { external: true }, key: { external: true, name: "key-1" } },
    networks: {
      backend: { external: true },
      outer: { external: true, name: "edge" },
      inner: { external: true },
    },
    volumes: { data: { driver: "nfs", driver_opts: { deviceName: "x" } } },
  });
  expect(inputsOf("SwarmStack")).toMatchObject({
    name: "web",
    ignore: ["services.web.replicas"],
    onFailure: "rollback",
    secrets: { token: "token-0123456789" },
    networks: { backend: "backend-0123456789", inner: "backend-0123456789" },
  });
});

test("outputs are variables, so that the rest is known, and only what is secret is so", async () => {
  const service = new Service("web", {
    cluster: inCluster(),
    image: pulumi.output("shop:1"),
    env: { PASSWORD: pulumi.secret("sesame"), "A-B": pulumi.output("x"), A_B: pulumi.output("y") },
    replicas: pulumi.output(3),
    mounts: [{ source: pulumi.output("disk"), target: "/data" }],
  });
  await settled(service.serviceName);
  expect(composeOf("SwarmStack")).toMatchObject({
    services: {
      web: {
        image: "${image}",
        environment: { PASSWORD: "${env_PASSWORD}", "A-B": "${env_A_B}", A_B: "${env_A_B_2}" },
        deploy: { replicas: "${replicas}" },
        volumes: [{ type: "volume", source: "volume-1", target: "/data" }],
      },
    },
    volumes: { "volume-1": { name: "${mounts_0_source}" } },
  });
  const plain = { image: "shop:1", env_A_B: "x", env_A_B_2: "y", replicas: "3", mounts_0_source: "disk" };
  // To the mocks all of it is secret that holds one.
  expect(inputsOf("SwarmStack").environment).toMatchObject({ value: { ...plain, env_PASSWORD: "sesame" } });
});

test("a job runs once, and again by its triggers", async () => {
  const job = new Job("migrate", {
    cluster: inCluster(),
    image: "shop:1",
    triggers: ["1.4", pulumi.output({ of: 2 })],
    logLines: 5,
  });
  expect(await settled(job.logs, job.serviceName)).toEqual(["done", "migrate_migrate"]);
  expect(composeOf("SwarmJob")).toEqual({
    services: {
      migrate: { image: "shop:1", deploy: { mode: "replicated-job", restart_policy: { condition: "none" } } },
    },
  });
  expect(inputsOf("SwarmJob")).toMatchObject({
    name: "migrate",
    triggers: ['"1.4"', '{"of":2}'],
    logLines: 5,
  });
});

test.each<[string, object, string]>([
  ["replicas", { replicas: "2" }, 'replicas: "2" is a text'],
  ["mounts", { mounts: [{ target: 3 }] }, "mounts[0].target: 3 is a number"],
  ["update", { update: { order: 1 } }, "update.order: 1 is none of the values"],
  ["restart", { restart: { maxAttempts: "x" } }, 'restart.maxAttempts: "x"'],
  ["image", { image: undefined }, "the arguments: "],
  ["key", { replica: 2 }, 'replica: "replica" is not a key'],
  ["mode", { mode: "global", replicas: 2 }, "replicas: 2, but a global service has a task on each node."],
])("what is wrong is named by its argument: %s", (_what, wrong, text) => {
  const args = { image: "shop:1", ...wrong } as ServiceArgs;
  const [problem, ...others] = serviceProblems("web", args, renderService("web", args));
  expect(`${problem.where}: ${problem.text}`).toContain(text);
  expect(others).toEqual([]);
});

test("two stacks of one name would end each other's services", () => {
  const [cluster, other] = [{}, {}] as [Cluster, Cluster];
  expect(checkStackName('Stack "db"', "db", cluster)).toEqual([]);
  expect(checkStackName('Service "db"', "db", other)).toEqual([]);
  expect(checkStackName('Job "db"', "db", cluster)).toEqual([
    {
      where: "name",
      text: 'is the name of Stack "db" on this cluster already, and the swarm would take both for one stack. Choose another one.',
    },
  ]);
});

test.each([
  ["services.web.deploy.update_config.failure_action", "update.failureAction"],
  ["services.web.deploy.labels.x", "labels.x"],
  ["services.web.labels.x", "containerLabels.x"],
  ["services.web.volumes[1].read_only", "mounts[1].readOnly"],
  ["services.web.stop_grace_period", "stopGracePeriod"],
])("%s is the argument %s", (path, argument) => {
  expect(argumentAt(path, "web")).toBe(argument);
});
