import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { dockerLines } from "./harness/docker";
import { SshHosts } from "./harness/ssh-hosts";
import { Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

const PROGRAM = ["--cwd", path.join(projectRoot, "tests", "e2e", "fixtures", "made-machines")];

/** What the provider of the machines noted when it made or removed one. */
interface Noted {
  operation: "create" | "delete";
  server: string;
  container: string;
  /** What the swarm said in that moment: "CONTAINER Ready Active Leader". */
  nodes: string[];
}

let workspace: Workspace;
let hosts: SshHosts;
let log: string;

beforeAll(async () => {
  workspace = await Workspace.create();
  log = path.join(workspace.folder, "machines.jsonl");
  hosts = await SshHosts.create(workspace.cluster, "ready", 0);
  const identityFile = path.join(workspace.folder, "key");
  writeFileSync(identityFile, hosts.userKey.private, { mode: 0o600 });
  const time = { servers: [await hosts.timeServer()] };
  const network = workspace.cluster;
  workspace.configure({
    ssh: { defaults: { identityFile }, time },
    servers: { red: { generation: 1 }, blue: { generation: 1 } },
    machine: { network, run: hosts.runArguments() },
  });
  workspace.env.MACHINES_LOG = log;
  workspace.env.MACHINES_WITNESS = `
    for node in $(docker ps --quiet --filter label=pulumi-swarm-test=${network}); do
      docker exec $node docker node ls --format '{{.Hostname}} {{.Status}} {{.Availability}} {{.ManagerStatus}}' && break
    done 2>/dev/null | sed 's/ *$//' | sort`;
});
afterAll(async () => {
  await workspace?.tryDestroy(...PROGRAM);
  await workspace?.remove();
  await hosts?.remove();
});

/** What was noted since the last look. */
function noted(): Noted[] {
  const lines = readFileSync(log, "utf8").trim().split("\n");
  rmSync(log);
  return lines.map((line) => JSON.parse(line) as Noted);
}

const made = new Map<string, string>();

test("a preview of machines that do not exist shows the whole cluster, and connects to nothing", async () => {
  const changes = await workspace.preview(...PROGRAM);
  expect(changes).toMatchObject({
    "Server red": "create",
    "SwarmHost red": "create",
    "SwarmNode blue": "create",
    "SwarmStack probe": "create",
  });
});

test("machines of the same up become nodes, with labels, a secret and a compose text that come from them", async () => {
  await workspace.up(...PROGRAM);
  for (const { server, container } of noted()) made.set(server, container);
  const [red, blue] = ["red", "blue"].map((server) => made.get(server) ?? "");
  const at = async (server: string) => {
    const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    return (await dockerLines("inspect", "--format", format, server))[0];
  };
  const ask = async (...args: string[]) => (await dockerLines("exec", red, "docker", ...args)).sort();
  expect(await ask("node", "ls", "--format", "{{.Hostname}} {{.Status}} {{.Availability}}")).toEqual(
    [`${red} Ready Active`, `${blue} Ready Active`].sort(),
  );
  const labels = "{{.Spec.Labels.container}} {{.Spec.Labels.red}}";
  expect(await ask("node", "inspect", blue, "--format", labels)).toEqual([`${blue} ${await at(red)}`]);
  expect(await ask("service", "inspect", "probe_idle", "--format", "{{.Spec.Labels.red}}")).toEqual([
    await at(red),
  ]);
  expect(await ask("secret", "ls", "--format", '{{.Label "of"}}')).toEqual([red]);
  expect((await workspace.up(...PROGRAM, "--refresh")).changes).toEqual({});
});

test("servers that their provider replaces: the new ones join, the old ones leave, then they go", async () => {
  // Such as a server whose name may be there once.
  const blue = { generation: 2, first: true };
  workspace.configure({ servers: { red: { generation: 2 }, blue } });
  const { changes } = await workspace.up(...PROGRAM);
  expect(changes).toMatchObject({ "SwarmNode red": "replace", "SwarmNode blue": "replace" });
  const steps = noted();
  const successor = (server: string) =>
    steps.find((step) => step.operation === "create" && step.server === server)?.container;
  const atEndOf = (server: string) => steps.find(({ container }) => container === made.get(server))?.nodes;
  expect(atEndOf("red")).toEqual(
    [`${successor("red")} Ready Active Leader`, `${successor("blue")} Ready Active`].sort(),
  );
  expect(atEndOf("blue")?.join(" ")).not.toContain(made.get("blue"));
  expect(steps.map(({ operation }) => operation).sort()).toEqual(["create", "create", "delete", "delete"]);
  expect((await workspace.up(...PROGRAM, "--refresh")).changes).toEqual({});
});

test("a destroy takes the cluster, and then its machines", async () => {
  await workspace.destroy(...PROGRAM);
  expect(noted().map(({ operation, server, nodes }) => [operation, server, ...nodes])).toEqual(
    expect.arrayContaining([
      ["delete", "blue", ""],
      ["delete", "red", ""],
    ]),
  );
});
