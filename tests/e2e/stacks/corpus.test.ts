import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { readIfFile } from "../../../foundation/read-file";
import { startSwarm, type TestSwarm } from "../../../testing/testing";
import { checkComposeFiles } from "../../../validation/compose";
import { checkSources, readSources } from "../../../validation/compose-sources";
import { docker } from "../harness/docker";

jest.setTimeout(120_000);

/** Compose files as people write them for a swarm, and in `refused` such as work with Docker Compose alone. */
const CORPUS = path.join(__dirname, "corpus");
/** What some of them ask for. */
const VARIABLES = { DOMAIN: "example.org", REPLICAS: "3" };

const files = ["", "refused"].flatMap((folder) =>
  readdirSync(path.join(CORPUS, folder))
    .filter((name) => name.endsWith(".yml"))
    .map((name) => path.join(folder, name)),
);

let swarm: TestSwarm;
/** What `docker stack config` says against each file; nothing where it takes it. */
let docker26: Map<string, string>;

beforeAll(async () => {
  swarm = await startSwarm({ managers: 1 });
  const node = `${swarm.name}-manager-1`;
  await docker("cp", CORPUS, `${node}:/corpus`);
  const script =
    'for file; do echo "=== $file"; docker stack config -c "$file" 2>&1 >/dev/null || echo REFUSED; done';
  const variables = Object.entries(VARIABLES).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
  const said = await docker(
    "exec",
    "--workdir",
    "/corpus",
    ...variables,
    node,
    "sh",
    "-c",
    script,
    "sh",
    ...files,
  );
  const blocks = said.split(/^=== /m).slice(1);
  docker26 = new Map(
    blocks.map((block) => {
      const [name, ...lines] = block.trim().split("\n");
      return [name, lines.at(-1) === "REFUSED" ? lines.slice(0, -1).join("\n") : ""];
    }),
  );
});
afterAll(() => swarm?.stop());

function ours(file: string): string[] {
  const place = path.join(CORPUS, file);
  const composeFiles = [{ name: file, content: readFileSync(place, "utf8") }];
  const found = readSources(composeFiles, VARIABLES, (_file, name) =>
    readIfFile(path.resolve(path.dirname(place), name)),
  );
  return [
    ...checkComposeFiles(composeFiles, { secrets: [], configs: [], networks: [] }, { variables: VARIABLES }),
    ...checkSources(composeFiles, VARIABLES, found),
  ].map(({ where, text }) => `${where} ${text}`);
}

test("there are enough of both", () => {
  const refused = files.filter((file) => file.startsWith("refused"));
  expect(files.length - refused.length).toBeGreaterThanOrEqual(25);
  expect(refused.length).toBeGreaterThanOrEqual(20);
});

test.each(files)("Docker and the check before it agree on %s", (file) => {
  const [docker, check] = [docker26.get(file), ours(file)];
  if (file.startsWith("refused")) {
    expect(docker).not.toBe("");
    expect(check).not.toEqual([]);
  } else expect({ docker, check }).toEqual({ docker: "", check: [] });
});
