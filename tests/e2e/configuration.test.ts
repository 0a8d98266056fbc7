import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { docker } from "./harness/docker";
import { secretsIn } from "./harness/secret-search";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

jest.setTimeout(180_000);

const COMPOSE = `services:
  show:
    image: \${DEMO_IMAGE}
    command: ["sleep", "infinity"]
    networks: [inside]
    configs: [{ source: greeting, target: /greeting }, { source: node, target: /node }]
    secrets: [{ source: token, target: token }, door, made]
    env_file: show.env
    environment: { LEVEL: "\${LEVEL}", PLACE: "\${PLACE}" }
    deploy: { replicas: 1, endpoint_mode: dnsrr, update_config: { monitor: 1s } }
    stop_grace_period: 1s
    tmpfs: /fast
configs: { greeting: { external: true }, node: { external: true } }
secrets: { token: { external: true }, made: { external: true }, door: { file: door.txt } }
networks: { inside: { external: true } }
`;

/** What files of the stack hold. */
const [BEHIND_DOOR, BEHIND_ENV, BEHIND_STACK] = ["sesame-42-door", "sesame-42-env", "sesame 42 stack"];

/** Whoever writes no TypeScript: all of it is the configuration of the default program. */
let workspace: Workspace;
let witness: Witness;
let stack: Record<string, unknown>;

beforeAll(async () => {
  workspace = await Workspace.create({ managers: 1 });
  witness = new Witness(workspace.cluster);
  const file = path.join(workspace.folder, "show.yml");
  writeFileSync(file, COMPOSE);
  writeFileSync(path.join(workspace.folder, "node.txt"), "of {{.Service.Name}}");
  writeFileSync(path.join(workspace.folder, "show.env"), `KEY=${BEHIND_ENV}\n`);
  writeFileSync(path.join(workspace.folder, "door.txt"), BEHIND_DOOR);
  writeFileSync(path.join(workspace.folder, "stack.env"), `PLACE="${BEHIND_STACK}"\nLEVEL=0\n`);
  const image = `show:${workspace.cluster}`;
  stack = {
    composeFiles: [file],
    envFiles: path.join(workspace.folder, "stack.env"),
    env: { DEMO_IMAGE: image, LEVEL: "1" },
    configs: { greeting: "welcome", node: "node" },
    secrets: ["token", "made"],
    networks: { inside: "shop" },
  };
  workspace.configure({
    managerMachine: { memory: "2g", pids: 4000 },
    images: [{ name: image, build: "examples/minimal/image" }],
    networks: { shop: { internal: true, labels: { team: "shop" } } },
    configs: {
      welcome: "Hello from YAML.",
      node: { file: path.join(workspace.folder, "node.txt"), templated: true },
    },
    secrets: { made: { generate: { length: 20, charset: "0123456789" }, rotateEvery: "90d" } },
    stacks: { show: stack },
  });
  await workspace.configureSecret("secrets.token", "a secret of YAML", "--path");
});
afterAll(() => workspace?.remove());

/** "memory processors processes", as the engine that runs the node limits it. */
async function limits(): Promise<string> {
  const format = "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}";
  return docker("inspect", "--format", format, witness.containerOf("manager-1"));
}

async function inTask(...command: string[]): Promise<string> {
  const task = (
    await witness.docker("ps", "--quiet", "--filter", "label=com.docker.swarm.service.name=show_show")
  ).trim();
  return witness.docker("exec", task, ...command);
}

test("configuration alone deploys stacks with their configs, secrets, networks and variables", async () => {
  const { stdout } = await workspace.up();
  expect(stdout).toMatch(
    /show\.yml:12 services\.show\.tmpfs: a swarm ignores it\. Use a volume with `type: tmpfs`/,
  );
  expect(await inTask("cat", "/greeting", "/node", "/run/secrets/token")).toBe(
    "Hello from YAML.of show_showa secret of YAML",
  );
  const made = await inTask("cat", "/run/secrets/made");
  expect(made).toMatch(/^[0-9]{20}$/);
  expect(await inTask("printenv", "LEVEL")).toBe("1");
  const network = await witness.docker(
    "network",
    "inspect",
    "shop",
    "--format",
    "{{.Internal}} {{.Labels.team}}",
  );
  expect(network.trim()).toBe("true shop");
  const { services } = await workspace.outputs<{ services: Record<string, { name: string }[]> }>();
  expect(services.show.map(({ name }) => name)).toEqual(["show_show"]);
  expect(readFileSync(workspace.configFile, "utf8")).not.toContain("a secret of YAML");
  const hidden = { BEHIND_DOOR, BEHIND_ENV, BEHIND_STACK, configured: "a secret of YAML", made };
  expect(secretsIn(workspace.state(), hidden)).toEqual([]);
});

test("files that the compose file names reach the tasks, and so does a change of one; until then nothing is to do", async () => {
  expect(await inTask("cat", "/run/secrets/door")).toBe(BEHIND_DOOR);
  expect(await inTask("printenv", "KEY", "PLACE")).toBe(`${BEHIND_ENV}\n${BEHIND_STACK}`);
  expect((await workspace.up()).changes).toEqual({});
  writeFileSync(path.join(workspace.folder, "door.txt"), "another door");
  expect((await workspace.up()).changes).toEqual({ "SwarmStack show": "update" });
  expect(await inTask("cat", "/run/secrets/door")).toBe("another door");
  const doors = await witness.docker("secret", "ls", "--format", "{{.Name}}", "--filter", "name=show_door");
  expect(doors.trim().split("\n")).toHaveLength(1);
});

test("a preview shows a change of the stack as a person reads it, and nothing of a comment or of what is secret", async () => {
  const file = path.join(workspace.folder, "show.yml");
  writeFileSync(file, `# The same services.\nversion: "3.8"\n${COMPOSE}`);
  expect(await workspace.preview()).toEqual({});
  expect((await workspace.up()).changes).toEqual({});
  writeFileSync(
    file,
    COMPOSE.replace('LEVEL: "${LEVEL}"', 'LEVEL: "7", MORE: x').replace("replicas: 1", "replicas: 2"),
  );
  writeFileSync(path.join(workspace.folder, "show.env"), "KEY=another-42-env\n");
  const shown = await workspace.tryPreview("--diff");
  const text = shown.stdout + shown.stderr;
  expect(text).toMatch(
    /show: environment KEY \[secret \w+\] → \[secret \w+\]; environment LEVEL 1 → 7; environment MORE \+ x; replicas 1 → 2/,
  );
  expect(text).toMatch(/~ KEY *: "\[secret [0-9a-f]{8}\]" => "\[secret [0-9a-f]{8}\]"/);
  expect(text).toMatch(/~ replicas *: 1 => 2/);
  expect(text).not.toMatch(/composeFiles|another-42-env|image: \$/);
  writeFileSync(file, COMPOSE);
  writeFileSync(path.join(workspace.folder, "show.env"), `KEY=${BEHIND_ENV}\n`);
});

test("a change of it reaches the tasks, and the machines where they are", async () => {
  expect(await limits()).toBe(`${2 * 2 ** 30} 0 4000`);
  workspace.configure({
    managerMachine: { memory: "1g", cpus: 1 },
    configs: { welcome: "Hello again.", node: { data: "nowhere" } },
    stacks: { show: { ...stack, env: { ...(stack.env as object), LEVEL: "2" } } },
  });
  const { changes } = await workspace.up();
  expect(changes).toMatchObject({ "SwarmStack show": "update", "LocalNode manager-1": "update" });
  expect(await limits()).toBe(`${2 ** 30} 1000000000 0`);
  expect(await inTask("cat", "/greeting", "/node")).toBe("Hello again.nowhere");
  const made = await inTask("cat", "/run/secrets/made");
  expect(made).toMatch(/^[0-9]{20}$/);
  expect(await inTask("printenv", "LEVEL")).toBe("2");
});

test("replicas that somebody else owns are no drift, and stay through a change of the service", async () => {
  const owned = { ...stack, ignore: ["services.show.replicas"] };
  workspace.configure({ stacks: { show: owned } });
  expect((await workspace.up()).changes).toMatchObject({ "SwarmStack show": "update" });
  await witness.docker("service", "scale", "show_show=2");
  expect((await workspace.up("--refresh")).changes).toEqual({});
  workspace.configure({
    stacks: { show: { ...owned, env: { ...(stack.env as object), LEVEL: "3" } } },
  });
  await workspace.up();
  const replicas = await witness.docker(
    "service",
    "ls",
    "--filter",
    "name=show_show",
    "--format",
    "{{.Replicas}}",
  );
  expect(replicas.trim()).toBe("2/2");
});

test("a service needs no compose file, and a job that it depends on ends before it begins", async () => {
  const { DEMO_IMAGE: image } = stack.env as Record<string, string>;
  const plain = {
    ...{ image, networks: { shop: { aliases: ["site"] } }, secrets: { pass: "token" }, dependsOn: "first" },
    ...{
      command: ["sleep", "infinity"],
      endpointMode: "dnsrr",
      update: { monitor: "1s" },
      stopGracePeriod: "0s",
    },
  };
  const jobs = {
    first: { image, command: ["sh", "-c", "echo to $VERSION"], env: { VERSION: "4" }, triggers: [4] },
  };
  workspace.configure({ services: { plain }, jobs });
  await workspace.configureSecret("services.plain.env.KEY", "sesame-42-plain", "--path");
  const { changes } = await workspace.up();
  expect(changes).toMatchObject({ "SwarmJob first": "create", "SwarmStack plain": "create" });
  const { services, jobLogs } = await workspace.outputs<{
    services: Record<string, object[]>;
    jobLogs: object;
  }>();
  expect(services.plain).toEqual([
    expect.objectContaining({ name: "plain_plain", replicas: 1, networks: ["shop"] }),
  ]);
  expect(jobLogs).toEqual({ first: "to 4" });
  const created = await witness.docker(
    "service",
    "inspect",
    "--format",
    "{{.CreatedAt}}",
    "first_first",
    "plain_plain",
  );
  expect(created.trim().split("\n")).toEqual(created.trim().split("\n").sort());
  const task = (await witness.docker("ps", "--quiet", "--filter", "name=plain_plain")).trim();
  const inside = "cat /run/secrets/pass; echo; printenv KEY";
  expect(await witness.docker("exec", task, "sh", "-c", inside)).toBe("a secret of YAML\nsesame-42-plain");
  expect(secretsIn(workspace.state() + workspace.printed, { key: "sesame-42-plain" })).toEqual([]);
  expect((await workspace.up()).changes).toEqual({});
});

test("what Docker warns of is shown at the stack, in the preview as far as it is known there, and once", async () => {
  const file = path.join(workspace.folder, "show.yml");
  const warned = (text: string, what: RegExp) => text.match(new RegExp(what, "g")) ?? [];
  const deprecated = /volume kept: volume\.external\.name is deprecated in favor of volume\.name/;
  const digest = /image \S+ could not be accessed on a registry to record its digest/;
  const volumes = "volumes: { kept: { external: { name: kept } } }\n";
  await witness.docker("volume", "create", "kept");
  writeFileSync(file, COMPOSE.replace("  show:\n", '  show:\n    volumes: ["kept:/kept"]\n') + volumes);
  // Docker asks the registry for an image of another name, and tells of it where the service is there already.
  const { DEMO_IMAGE: image } = stack.env as Record<string, string>;
  await witness.docker("tag", image, `${image}-again`);
  const env = { ...(stack.env as object), DEMO_IMAGE: `${image}-again` };
  workspace.configure({ stacks: { show: { ...stack, env, resolveImage: "changed" } } });
  const { stdout, stderr } = await workspace.tryPreview();
  expect(warned(stdout + stderr, deprecated)).toHaveLength(1);
  const { text } = await workspace.up();
  expect([warned(text, deprecated).length, warned(text, digest).length]).toEqual([1, 1]);
});

test("adopt reaches the swarm", async () => {
  workspace.configure({ adopt: true });
  const { stdout } = await workspace.tryPreview("--json");
  const { steps } = JSON.parse(stdout) as {
    steps: { newState?: { type: string; inputs: { adopt?: boolean } } }[];
  };
  const swarm = steps.find(({ newState }) => newState?.type === "swarm:index:Swarm");
  expect(swarm?.newState?.inputs.adopt).toBe(true);
});

test("registries reach the stacks, and their passwords are encrypted everywhere", async () => {
  const password = "sesame-42-registry";
  workspace.configure({ registries: [{ server: "registry.test:5000", username: "deploy" }] });
  await workspace.configureSecret("registries[0].password", password, "--path");
  const { stdout, stderr } = await workspace.tryPreview("--json");
  const { steps } = JSON.parse(stdout) as {
    steps: { newState?: { type: string; inputs: Record<string, unknown> } }[];
  };
  const show = steps.find(({ newState }) => newState?.type === "swarm:index:SwarmStack");
  expect(show?.newState?.inputs).toMatchObject({
    registries: { "registry.test:5000": "deploy" },
    registryPasswords: "[secret]",
  });
  const written = readFileSync(workspace.configFile, "utf8");
  expect(secretsIn([stdout, stderr, written].join("\n"), { password })).toEqual([]);
});
