import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import path from "node:path";
import { BAD_PROGRAM, diagnostics, NOISE, problemsIn } from "./fixtures/reading";
import { EngineProxy } from "./fixtures/engine-proxy";
import { docker } from "./harness/docker";
import { NOTHING } from "./harness/leftovers";
import type { Ended } from "./harness/run";
import { Workspace } from "./harness/workspace";

jest.setTimeout(120_000);

const WRONG_SETTINGS = {
  platform: "azure",
  manager: 1,
  managers: 8,
  managerLabels: { "a b": "x", n: 5, b: true },
  managerAvailability: "drained",
  managerMachine: { memory: "64m", disk: "1g" },
  workers: [
    { name: "app", count: -1, machine: { cpus: "2" } },
    { name: "app", counts: 2 },
    { name: "App_1", count: 1e6 },
    { name: "x", count: 1.5 },
    { count: 1 },
  ],
  addressPools: ["10.30.0.0/16", "10.30.128.0/17", "10.40.0.1/16", "10.50.0.0/28"],
  subnet: "10.30.64.0/18",
  swarm: { nodeCertExpiry: "5m", autoLockManagers: "yes", dataPathPort: 80 },
  nodeImage: "Not An Image",
  ports: [
    { node: "manager-1", published: 18_471, target: 80 },
    { node: "manager-2", published: 18_471, target: 80 },
    { node: "nobody-1", published: 70_000, target: 80 },
  ],
  images: [{ name: "x:1", build: "nowhere" }, { name: "e2e-no-such-image:1" }],
  managerAfterJoin: [{ name: "mark" }],
  networks: { shop: { encrypt: true } },
  configs: { both: { data: "x", file: "demo/stack.yml" }, lost: { file: "nowhere.txt" } },
  registries: [
    { server: "https://r.test/x", user: "me", username: "me", password: "in clear text", certificate: "x" },
  ],
  secrets: { plain: "in clear text", twice: { file: "package.json", generate: {} } },
  stacks: {
    shop: { composeFiles: "nowhere.yml", configs: ["both", "nobody"], replicas: 2, environment: {} },
  },
  services: {
    shop: { image: "shop:1", replicas: "2", imagee: "shop:1", networks: ["nobody"], dependsOn: "migrate" },
  },
  jobs: { migrate: { mode: "global", replicas: 2, dependsOn: ["shop"] } },
  demo: true,
  demoReplicas: -5,
  demoPort: 99_999,
  demoGreeting: "",
  demoPassword: "",
};

let workspace: Workspace;
beforeAll(async () => void (workspace = await Workspace.create({ managers: 1 })));
afterAll(() => workspace?.remove());

/** Settings for the length of one command. */
async function having<T>(settings: Record<string, unknown>, command: () => Promise<T>): Promise<T> {
  workspace.configure(settings);
  try {
    return await command();
  } finally {
    workspace.configure({
      ...Object.fromEntries(Object.keys(settings).map((key) => [key, undefined])),
      managers: 1,
    });
  }
}

/** An `up` that has to fail by its checks, once and readably, with nothing made. */
async function refused(up: Ended | Promise<Ended>): Promise<string[]> {
  const ended = await up;
  expect(ended.code).not.toBe(0);
  expect(diagnostics(ended)).toContain("The program has problems; nothing was created or changed.");
  expect(diagnostics(ended)).not.toMatch(NOISE);
  const problems = problemsIn(ended);
  expect(new Set(problems).size).toBe(problems.length);
  expect(await workspace.leftovers()).toEqual(NOTHING);
  const { resources } = await workspace.exported();
  expect(
    resources.filter(({ type }) => type !== "pulumi:pulumi:Stack" && !type.startsWith("pulumi:providers:")),
  ).toEqual([]);
  return problems;
}

/** Each expected problem is there, and no other one. */
function expectEach(problems: string[], expected: RegExp[]): void {
  const missing = expected.filter((one) => !problems.some((problem) => one.test(problem)));
  const others = problems.filter((problem) => !expected.some((one) => one.test(problem)));
  expect({ missing, others }).toEqual({ missing: [], others: [] });
}

test("all that is wrong with the configuration is reported in one go", async () => {
  const problems = await having(WRONG_SETTINGS, () => refused(workspace.tryUp()));
  const expected = [
    /^platform: "azure" is no platform\. Use/,
    /^manager: is not known here\. Did you mean "managers"\?/,
    /^workers\[1\]\.counts: is not known here\. Did you mean "count"\?/,
    /^managers\.afterJoin\[0\]\.create: .* is no shell command/,
    /^networks\.shop\.encrypt: is not known here\. Did you mean "encrypted"\?/,
    /^configs\.both: needs its content as text, or one of/,
    /^configs\.lost\.file: "nowhere\.txt" is no file/,
    /^secrets\.twice: needs its content as text, or one of `data`, `file` and `generate`/,
    /^secrets\.plain: is in clear text .*pulumi config set --secret --path secrets\.plain/,
    /^registries\[0\]\.user: is not known here\. Known: server, username, password, certificate\./,
    /^registries\[0\]\.password: is in clear text .*config set --secret --path 'registries\[0\]\.password'/,
    /^registries\[0\]\.server: "https:\/\/r\.test\/x" is no registry/,
    /^registries\[0\]\.certificate: is no certificate as PEM/,
    /^stacks\.shop\.configs: "nobody" is not configured\. .*which has: both, lost/,
    /^stacks\.shop\.replicas: is not known here/,
    /^environment: is called `env`/,
    /^composeFiles\[0\]: "nowhere\.yml" is no file/,
    /^services\.shop\.imagee: is not known here\. Did you mean "image"\?/,
    /^services\.shop\.networks: "nobody" is not configured\. .*which has: shop\. .*external: true/,
    /^services\.shop\.dependsOn: shop → migrate → shop is a circle/,
    /^replicas: "2" is a text/,
    /^replicas: 2, but a global service has a task on each node/,
    /^the arguments: the service "migrate" has no image/,
    /^demoReplicas: -5 is not a number of replicas/,
    /^demoPort: 99999 is not a port/,
    /^managers\.count: 8 is not a number of managers from 1 to 7\. Use/,
    /^managers\.labels\["a b"\]: .*no spaces\. Rename/,
    /^managers\.labels\["n"\]: the value 5 is not a text\. Put it in quotes: "5"/,
    /^managers\.labels\["b"\]: the value true is not a text\. Put it in quotes/,
    /^managers\.availability: "drained" is no availability\. Use/,
    /^managers\.machine\.memory: "64m" is no size of 128 MiB or more\. Write/,
    /^managers\.machine\.disk: is not known here\. Known: /,
    /^workers\[0\]\.machine\.cpus: "2" is not a number of processors from 0\.01\. Write/,
    /^workers\[0\]\.count: -1 is not a number of workers\. Write/,
    /^workers\[1\]\.name: "app" is the name of workers\[0\] already/,
    /^workers\[2\]\.name: "App_1" is not a host name/,
    /^workers\[2\]\.count: 1000000 is not a number of workers/,
    /^workers\[3\]\.count: 1\.5 is not a number of workers/,
    /^workers\[4\]\.name: is missing\. Give/,
    /^defaultAddrPool\[1\]: 10\.30\.128\.0\/17 overlaps defaultAddrPool\[0\]/,
    /^defaultAddrPool\[2\]: "10\.40\.0\.1\/16" is not an IPv4 range/,
    /^defaultAddrPool\[3\]: 10\.50\.0\.0\/28 is smaller than one network of subnetSize 24/,
    /^defaultAddrPool\[0\]: 10\.30\.0\.0\/16 overlaps the nodes' own network 10\.30\.64\.0\/18\. Move/,
    /^nodeCertExpiry: "5m" is too short; the least is 1h/,
    /^autoLockManagers: "yes" is neither true nor false/,
    /^dataPathPort: 80 is not a whole number from 1024 to 49151/,
    /^baseImage: "Not An Image" is not the name of an image/,
    /^ports\[1\]\.published: 18471 is published by ports\[0\] already/,
    /^ports\[2\]\.published: 70000 is not a port/,
    /^ports\[2\]\.node: "nobody-1" is no node of the cluster/,
    /^images\[0\]\.build: "[^"]*nowhere" has no Dockerfile/,
    /^images\[1\]\.name: "e2e-no-such-image:1" is not in the Docker Engine .*docker pull/,
    /^data: has 0 bytes; a config holds at least 1/,
    /^data: has 0 bytes; a secret holds at least 1/,
  ];
  expectEach(problems, expected);
});

test("several components of one program are reported together", async () => {
  const up = await having({ case: "everything" }, () => workspace.tryUp(...BAD_PROGRAM));
  const problems = await refused(up);
  const text = diagnostics(up);
  const components = [
    `SwarmCluster "${workspace.cluster}"`,
    'Secret "too-large"',
    'Config "empty"',
    'Network "outside"',
    'Stack "broken"',
    'Stack "no-yaml"',
  ];
  for (const component of components) expect(text.split(component)).toHaveLength(2);
  const expected = [
    /^managers\.count: 2 is even: 2 managers survive the loss of 0, as many as 1 do\. Use 1 .* or 3/,
    /^managers\.labels\["a b"\]/,
    /^workers\[1\]\.name: "app" is the name of workers\[0\]/,
    /^workers\[1\]\.count: -1/,
    /^subnet: "nowhere" is not an IPv4 range/,
    /^data: has 512000 bytes; a secret must be smaller than 512000 \(500 KiB\)\. Split/,
    /^data: has 0 bytes; a config/,
    /^gateway: 10\.21\.0\.1 is outside of the subnet/,
    /^composeFiles\[1\]: "missing\.yml" is no file/,
    /^bad\.yml:4 services\.web\.imagee: .*Did you mean "image"\?/,
    /^bad\.yml:5 services\.web\.secrets\[0\]: the secret "pasword" is declared in no compose file/,
    /^bad\.yml:6 services\.web\.networks\[0\]: `n` without quotes is the boolean false/,
    /^bad\.yml:7 services\.web\.ports\[1\]: the port 8080\/tcp is published twice/,
    /^bad\.yml:8 services\.n: `n` without quotes is the boolean false/,
    /^bad\.yml:11 networks\.n: `n` without quotes is the boolean false/,
    /^env\["1A"\]: is no name of a variable/,
    /^no-yaml\.txt:3:1: is not YAML/,
    /^environment: is called `env`: values for \$\{VARIABLES\}.* Rename it/,
    /^env\["A-B"\]: is no name of a variable: letters, .*Rename it/,
    /^env\["PIN"\]: the value is of type number, not a text/,
  ];
  expectEach(problems, expected);
  expect(text).not.toContain("ssssssss");
});

test("components of a program that awaits something are reported together, and nothing is made before", async () => {
  const up = await having({ case: "awaits" }, () => workspace.tryUp(...BAD_PROGRAM));
  expectEach(await refused(up), [
    /^gateway: 10\.21\.0\.1 is outside of the subnet/,
    /^data: has 0 bytes; a config/,
  ]);
  expect(diagnostics(up).split("The program has problems")).toHaveLength(2);
});

test("a program that awaits an output of ours goes on", async () => {
  const ended = await having({ case: "awaitsItself" }, () => workspace.tryPreview(...BAD_PROGRAM));
  expect(ended.code).not.toBe(0);
  expect(diagnostics(ended)).toContain("The program has problems; nothing of these was created or changed.");
  expect(diagnostics(ended)).not.toMatch(NOISE);
  expectEach(problemsIn(ended), [/^data: has 0 bytes; a config/]);
});

describe("the engine that shall run the nodes", () => {
  afterEach(() => void delete workspace.env.DOCKER_HOST);

  test.each([
    [
      "unix:///nowhere/docker.sock",
      /^dockerHost: no Docker Engine answers at "unix:\/\/\/nowhere\/docker\.sock": .*ENOENT.*\. Start it or name another/,
    ],
    [
      "tcp://127.0.0.1:1",
      /^dockerHost: no Docker Engine answers at "tcp:\/\/127\.0\.0\.1:1": .*ECONNREFUSED.*\. Start it or name another/,
    ],
    ["ssh://me@host", /^dockerHost: .*"ssh:\/\/me@host" has the scheme "ssh:".*ssh -nNT -L .* me@host/],
    ["nonsense", /^dockerHost: "nonsense" is no address of a Docker Engine\. Write it like/],
  ])("%s", async (address, expected) => {
    workspace.env.DOCKER_HOST = address;
    const ended = await workspace.tryPreview();
    expect(ended.code).not.toBe(0);
    expect(problemsIn(ended)).toEqual([expect.stringMatching(expected)]);
  });

  test("is too old", async () => {
    const proxy = new EngineProxy(path.join(workspace.folder, "old.sock"));
    proxy.refusals.push({ on: /\/version$/, status: 200, body: { Version: "19.03.15", ApiVersion: "1.40" } });
    await proxy.listen();
    try {
      workspace.env.DOCKER_HOST = proxy.address;
      expect(await refused(workspace.tryUp())).toEqual([
        expect.stringMatching(
          /^dockerHost: the Docker Engine at .* is 19\.03\.15 \(API 1\.40\); .*20\.10\) or newer\. Upgrade/,
        ),
      ]);
    } finally {
      proxy.close();
    }
  });
});

describe("what others have already", () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    await docker("create", "--name", `${workspace.cluster}-manager-1`, "debian:trixie-slim", "true");
    await docker("network", "create", workspace.cluster);
  });
  afterAll(async () => {
    server.close();
    await docker("rm", `${workspace.cluster}-manager-1`);
    await docker("network", "rm", workspace.cluster);
  });

  test("a container's name, a network's name, a port of the host", async () => {
    const { port } = server.address() as { port: number };
    const ports = [{ node: "manager-1", published: port, target: 80 }];
    const ended = await having({ ports }, () => workspace.tryUp());
    const { cluster } = workspace;
    expect(ended.code).not.toBe(0);
    expect(problemsIn(ended).sort()).toEqual([
      `network: there is a network "${cluster}" already, which belongs to no project of pulumi-swarm. Choose another name for the cluster, or remove that object yourself.`,
      `node manager-1: there is a container "${cluster}-manager-1" already, which belongs to no project of pulumi-swarm. Choose another name for the cluster, or remove that object yourself.`,
      `ports[0].published: ${port} is in use by another program on this host. Publish another port, or end what uses it.`,
    ]);
    expect(await docker("inspect", "--format", "{{.State.Status}}", `${cluster}-manager-1`)).toBe("created");
    expect((await workspace.leftovers()).volumes).toEqual([]);
  });
});

test("a base image that cannot be had", async () => {
  const ended = await having({ nodeImage: "127.0.0.1:1/e2e-no-such-base:1" }, () => workspace.tryUp());
  expect(ended.code).not.toBe(0);
  expect(diagnostics(ended)).toMatch(
    /The base image 127\.0\.0\.1:1\/e2e-no-such-base:1 is not there and could not be pulled: .*`npm run setup` makes one/,
  );
  expect(diagnostics(ended)).not.toMatch(NOISE);
  expect((await workspace.leftovers()).containers).toEqual([]);
});

test("a warning hides nothing of what is wrong", async () => {
  const file = path.join(workspace.folder, "warned.yml");
  writeFileSync(file, "services: { web: { image: a, container_name: web, env_file: none.env } }\n");
  const settings = { managers: 2, allowEvenManagers: true, stacks: { shop: { composeFiles: file } } };
  const { code, stdout } = await having(settings, () => workspace.tryPreview());
  expect(code).not.toBe(0);
  expect(stdout).toMatch(/warning: SwarmCluster ".*": 2 managers survive the loss of 0/);
  expect(stdout).toMatch(/warning: Stack "shop": [^]*container_name: a swarm ignores it/);
  expect(stdout).toMatch(
    /nothing was created or changed[^]*env_file: "none\.env" is no file that can be read/,
  );
});
