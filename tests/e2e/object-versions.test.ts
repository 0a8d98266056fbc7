import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { startSwarm, type TestSwarm } from "../../testing/testing";
import { appImage } from "./harness/app-image";
import { whileAsked } from "./harness/client";
import { eventsIn, shortNameOf } from "./harness/events";
import { CommandLines, secretsIn } from "./harness/secret-search";
import { expectSuccess } from "./harness/run";
import { Workspace, type Update } from "./harness/workspace";

jest.setTimeout(300_000);

const PROGRAM = ["--cwd", path.join(projectRoot, "tests", "e2e", "fixtures", "object-versions")];
const SERVICES = ["front_web", "back_web"];

let swarm: TestSwarm;
let workspace: Workspace;
let watch: CommandLines;
/** Every value that the generated secret has had. */
const tokens: string[] = [];

beforeAll(async () => {
  const image = await appImage();
  swarm = await startSwarm({ managers: 1, workers: 2, images: [image], reuse: true });
  workspace = await Workspace.create({ dockerHost: swarm.dockerHost, image, greeting: "one" });
  watch = new CommandLines();
});
afterAll(async () => {
  watch?.stop();
  await workspace?.remove();
  await swarm?.stop();
});

/** What the updates have printed. */
let printed = "";
async function up(): Promise<Update> {
  const update = await workspace.up("--diff", ...PROGRAM);
  printed += update.text;
  return update;
}

const list = async (kind: "config" | "secret") =>
  (await swarm.docker(kind, "ls", "--format", "{{.Name}} {{.ID}}")).split("\n").filter(Boolean);
const named = async (kind: "config" | "secret", name: string) =>
  (await list(kind)).filter((row) => row.startsWith(`${name}-`));

/** What a file holds in each running container of both services: "front_web manager-1" → its text. */
async function inEach(file: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const service of SERVICES) {
    const ps = ["service", "ps", service, "--filter", "desired-state=running", "--format", "{{.Node}}"];
    for (const node of (await swarm.docker(...ps)).split("\n").filter(Boolean))
      found[`${service} ${node}`] = (await swarm.exec(service, ["cat", file], { node })).stdout;
  }
  return found;
}

/** The one text that all four containers have. */
async function inAll(file: string): Promise<string> {
  const texts = Object.values(await inEach(file));
  expect(texts).toHaveLength(4);
  expect(new Set(texts).size).toBe(1);
  return texts[0];
}

async function token(): Promise<string> {
  const { token } = await workspace.outputs<{ token: string }>();
  if (!tokens.includes(token)) tokens.push(token);
  return token;
}

/** Steps of an update in the order in which they began or ended: "SwarmStack front update ended". */
function stepsOf({ eventLog }: Update): string[] {
  return eventsIn(eventLog).flatMap(({ resourcePreEvent, resOutputsEvent }) => {
    const { metadata } = resourcePreEvent ?? resOutputsEvent ?? {};
    if (!metadata) return [];
    const moment = resourcePreEvent ? "begun" : "ended";
    return [`${shortNameOf(metadata.urn, workspace.cluster)} ${metadata.op} ${moment}`];
  });
}

test("one config and one generated secret serve two stacks, and a template is filled in in each container", async () => {
  await up();
  expect(await inAll("/greeting")).toBe("one");
  const value = await token();
  expect(value).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(await inAll("/run/secrets/token")).toBe(value);
  const filled = Object.entries(await inEach("/where")).map(([at, text]) => {
    const slot = / ([12]) /.exec(text)?.[1];
    expect(text).toBe(`${at} ${slot} ${at.split("_")[0]}-mood ${value}`);
    return `${at.split(" ")[0]} ${slot}`;
  });
  expect(filled.sort()).toEqual(["back_web 1", "back_web 2", "front_web 1", "front_web 2"]);
});

test("generated content is the same in the next update", async () => {
  expect(await workspace.preview(...PROGRAM)).toEqual({});
});

test("a rotation reaches every container of both stacks, and no request fails; the old version goes last", async () => {
  const [config] = await named("config", "greeting");
  const [secret] = await named("secret", "token");
  workspace.configure({ greeting: "two", rotate: "2" });
  expect(await workspace.preview(...PROGRAM)).toEqual({
    "GeneratedSecret token": "update",
    "Secret token": "replace",
    "Config greeting": "replace",
    "SwarmStack front": "update",
    "SwarmStack back": "update",
  });
  // The new names are not known yet; which services change is.
  const preview = expectSuccess(await workspace.tryPreview("--diff", ...PROGRAM));
  expect(`${preview.stdout}${preview.stderr}`).toMatch(
    /web: .*greeting: greeting-\w+ → greeting: \[known later\]/,
  );
  const { result, seen } = await whileAsked(swarm.name, up);
  expect(seen.failures).toEqual([]);
  expect(seen.requests).toBeGreaterThan(20);
  expect(await inAll("/greeting")).toBe("two");
  const [old, value] = [tokens[0], await token()];
  expect(value).not.toBe(old);
  expect(await inAll("/run/secrets/token")).toBe(value);
  const [configs, secrets] = [await named("config", "greeting"), await named("secret", "token")];
  // The one is kept for a rollback, the other one is not.
  expect(configs).toHaveLength(2);
  expect(configs).toContain(config);
  expect(secrets).toHaveLength(1);
  expect(secrets).not.toContain(secret);
  const steps = stepsOf(result);
  const lastMoved = Math.max(
    ...["front", "back"].map((stack) => steps.indexOf(`SwarmStack ${stack} update ended`)),
  );
  for (const object of ["Config greeting", "Secret token"])
    expect(steps.indexOf(`${object} delete-replaced begun`)).toBeGreaterThan(lastMoved);
  expect(result.text).not.toMatch(/ stays: /);
});

test("what is generated stands in clear text nowhere but in the containers", async () => {
  const secrets = Object.fromEntries(tokens.map((value, at) => [`token ${at + 1}`, value]));
  expect(Object.keys(secrets)).toHaveLength(2);
  expect(secretsIn(`x ${tokens[0]}`, secrets)).toEqual(["token 1"]);
  const { stdout } = await workspace.pulumi(["stack", "export", "--stack", workspace.stack]);
  expect(stdout).toContain("swarm:index:GeneratedSecret");
  expect(secretsIn(stdout, secrets)).toEqual([]);
  expect(secretsIn(workspace.state(), secrets)).toEqual([]);
  expect([...watch.seen].filter((line) => secretsIn(line, secrets).length > 0)).toEqual([]);
  expect(printed).toContain("swarm:index:GeneratedSecret");
  expect(secretsIn(printed, secrets)).toEqual([]);
});

test("with the program all versions go", async () => {
  await workspace.destroy();
  expect([await list("config"), await list("secret")]).toEqual([[], []]);
});
