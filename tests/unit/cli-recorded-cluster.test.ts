import { clusterIn } from "../../cli/recorded-cluster";
import { resourcesIn } from "../../cli/stack-state";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

function cluster(name: string, outputs: Record<string, unknown>) {
  return {
    urn: `urn:pulumi:dev::shop::swarm:index:SwarmCluster::${name}`,
    type: "swarm:index:SwarmCluster",
    outputs,
  };
}

function record(name: string, connection: unknown) {
  return {
    cluster: name,
    clusterId: `id-${name}`,
    managers: [{ name: "manager-1", connection }],
    nodes: [
      {
        name: "manager-1",
        role: "manager",
        availability: "active",
        labels: {},
        connection,
        address: "10.0.0.1",
      },
    ],
  };
}

function stack(name: string, clusterId: string) {
  return {
    urn: `urn:pulumi:dev::shop::swarm:index:Stack$swarm:index:SwarmStack::${name}`,
    type: "swarm:index:SwarmStack",
    inputs: { name, clusterId },
    outputs: { services: [{ name: `${name}_web` }] },
  };
}

function chosen(resources: unknown[], named: { stack?: string; cluster?: string } = {}) {
  return clusterIn(resourcesIn({ version: 3, deployment: { resources } }), named);
}

test("the only cluster needs no name; what is secret in it comes in clear text", () => {
  const ssh = { host: "10.0.0.1", user: "root", password: secret("pw") };
  expect(chosen([cluster("dev", { record: record("dev", secret(ssh)) })])).toEqual({
    ...record("dev", { ...ssh, password: "pw" }),
    ...{ stacks: {}, jobs: {}, failed: {} },
  });
});

test("jobs are told apart from stacks, and what failed half-way with the first line of why", () => {
  const job = {
    ...{ urn: "urn:pulumi:dev::shop::swarm:index:SwarmJob::migrate", type: "swarm:index:SwarmJob" },
    ...{
      inputs: { name: "migrate", clusterId: "id-dev" },
      outputs: { services: [{ name: "migrate_migrate" }] },
    },
  };
  const failing = {
    ...job,
    inputs: { ...job.inputs, name: "seed" },
    outputs: {},
    initErrors: ["it ended\nlines"],
  };
  const shop = { ...stack("shop", "id-dev"), outputs: {}, initErrors: ["\nno such image"] };
  const others = { ...failing, inputs: { name: "far", clusterId: "id-of-another" } };
  const dev = cluster("dev", { record: record("dev", { container: "dev-1" }) });
  expect(chosen([dev, job, failing, shop, others])).toMatchObject({
    stacks: { shop: [] },
    jobs: { migrate: [{ name: "migrate_migrate" }], seed: [] },
    failed: { "job seed": "it ended", "stack shop": "no such image" },
  });
});

test("of several clusters one is named, and has its own stacks alone", () => {
  const resources = [
    stack("shop", "id-blue"),
    cluster("green", { record: secret(record("green", { container: "green-1" })) }),
    stack("shop", "id-green"),
    stack("mail", "id-green"),
    cluster("blue", { record: record("blue", { container: "blue-1" }) }),
  ];
  expect(chosen(resources, { cluster: "green" })).toMatchObject({
    clusterId: "id-green",
    stacks: { shop: [{ name: "shop_web" }], mail: [{ name: "mail_web" }] },
  });
  expect(Object.keys(chosen(resources, { cluster: "blue" }).stacks)).toEqual(["shop"]);
  expect(() => chosen(resources)).toThrow(
    "The selected stack has 2 clusters. Name one: --cluster blue or --cluster green",
  );
  expect(() => chosen(resources, { stack: "ci", cluster: "red" })).toThrow(
    "Stack ci has no cluster red. It has: blue, green.",
  );
});

test("a stack without a cluster, or with one that never came up, says what to do", () => {
  expect(() => chosen([], { stack: "ci" })).toThrow("Stack ci has no cluster. Make it first: npm run up");
  expect(() => chosen([cluster("dev", {})])).toThrow(
    /does not tell how cluster dev is reached: it was never finished, .*: npm run up$/,
  );
  expect(() => clusterIn(resourcesIn({ version: 3, deployment: null }), {})).toThrow(/has no cluster/);
});
