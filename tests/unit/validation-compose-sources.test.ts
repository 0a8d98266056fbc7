import { parse } from "yaml";
import { preparedFiles, standsFor } from "../../swarm/stacks/stack-files";
import { interpolate } from "../../validation/compose-interpolate";
import { ignoredKeys } from "../../validation/compose-ignored";
import { checkSources, readSources } from "../../validation/compose-sources";

const FILES: Record<string, string> = {
  "stacks/web.env": "A=1",
  "stacks/site.conf": "listen 80",
  "site.conf": "listen 81",
  "stacks/token-2.txt": "hunter2",
};

/** What is found on a disk that has these files, paths as they are tried. */
function found(content: string, environment: Record<string, string> = {}, names = ["stacks/shop.yml"]) {
  const composeFiles = names.map((name, index) => ({
    name,
    content: index === names.length - 1 ? content : "services: {}",
  }));
  const files = readSources(composeFiles, environment, (file, path) => {
    const place = [...file.name.split("/").slice(0, -1), path.replace(/^\.\//, "")].join("/");
    return place in FILES ? Buffer.from(FILES[place]) : undefined;
  });
  const problems = checkSources(composeFiles, environment, files).map(
    ({ where, text }) => `${where}: ${text}`,
  );
  return { composeFiles, environment, files, problems };
}

const held = (files: { path: string; content: string }[]) =>
  Object.fromEntries(files.map(({ path, content }) => [path, Buffer.from(content, "base64").toString()]));

describe("what compose files hold only the names of", () => {
  test("paths start at the folder of their file, else at that of the first one; variables are filled in", () => {
    const text = `
services:
  web: { image: a, env_file: ./web.env, secrets: [token], configs: [site] }
secrets: { token: { file: "token-\${V}.txt" } }
configs: { site: { file: site.conf } }`;
    const own = found(text, { V: "2" });
    expect(own.problems).toEqual([]);
    expect(held(own.files)).toEqual({
      "./web.env": "A=1",
      "token-2.txt": "hunter2",
      "site.conf": "listen 80",
    });
    const second = found(text, { V: "2" }, ["stacks/base.yml", "over.yml"]);
    expect(second.problems).toEqual([]);
    expect(held(second.files)).toMatchObject({ "site.conf": "listen 81", "./web.env": "A=1" });
    expect(second.files.map(({ composeFile }) => composeFile)).toEqual([1, 1, 1]);
  });

  test("what is missing, empty, too large or without a value is named by file and line, without its content", () => {
    const text = `
services:
  web: { image: a, env_file: [none.env] }
secrets:
  gone: { file: gone.txt }
  unset: { environment: TOKEN }
  empty: { environment: EMPTY }
configs:
  big: { content: "\${BIG}" }
  bad: { content: "\${NEEDED:?set it}" }`;
    const { problems } = found(text, { EMPTY: "", BIG: "x".repeat(1_100_000) });
    expect(problems).toEqual([
      expect.stringMatching(
        /^stacks\/shop\.yml:3 services\.web\.env_file\[0\]: "none\.env" is no file.*folder of stacks\/shop\.yml/,
      ),
      expect.stringMatching(
        /^stacks\/shop\.yml:9 configs\.big\.content: its content has 1100000 bytes; a config must be smaller/,
      ),
      expect.stringMatching(/^stacks\/shop\.yml:5 secrets\.gone\.file: "gone\.txt" is no file/),
      expect.stringMatching(
        /^stacks\/shop\.yml:6 secrets\.unset\.environment: the variable "TOKEN" of this secret has no value/,
      ),
      expect.stringMatching(/^stacks\/shop\.yml:7 secrets\.empty\.environment: its environment has 0 bytes/),
    ]);
  });

  test("they are replaced in the text, whose other lines stay as they are written", () => {
    const text = `version: "3.8"
x-env: &env
  env_file:
    - ./web.env # a word
services:
  web:
    <<: *env
    image: a   # as it is
    environment: { MODE: 0440, AT: 22:22 }
  job: { image: a, env_file: web.env }
configs:
  site:
    file: site.conf
    labels: { a: b }
  text:
    content: |
      listen \${PORT}
      and $$more
    name: text
secrets:
  token:
    environment: TOKEN
`;
    const inputs = found(text, { PORT: "82", TOKEN: "s3" });
    expect(inputs.problems).toEqual([]);
    const prepared = preparedFiles(inputs);
    const [{ content }] = prepared.composeFiles;
    expect(content).toMatch(/\n {4}image: a {3}# as it is\n {4}environment: \{ MODE: 0440, AT: 22:22 \}\n/);
    expect(content).toMatch(/- "pulumi-swarm-0-\d+" # a word\n/);
    expect(String(content)).not.toMatch(/\.env\b|site\.conf|TOKEN|listen/);
    const { configs, secrets } = parse(String(content), { merge: true }) as Record<
      string,
      Record<string, Record<string, unknown>>
    >;
    expect(configs.text.name).toBe("text");
    expect(configs.site.labels).toEqual({ a: "b" });
    const holds = (object: { file?: unknown }) =>
      standsFor(`/tmp/x/${String(object.file)}`, prepared)?.toString();
    expect([configs.site, configs.text, secrets.token].map(holds)).toEqual([
      "listen 80",
      "listen 82\nand $more\n",
      "s3",
    ]);
    // The contents of secrets stay here; those of env_file travel.
    expect(prepared.others.map((file) => file.content.toString())).toEqual(["A=1", "A=1"]);
  });
});

describe("variables of a text", () => {
  test.each([
    ["a $A b", "a 1 b"],
    ["${A}${EMPTY}${NONE}", "1"],
    ["$$A ${A}$$", "$A 1$"],
    ["${NONE:-x} ${EMPTY:-x} ${A:-x}", "x x 1"],
    ["${NONE-x} ${EMPTY-x} ${A-x}", "x  1"],
    ["${A:?no} ${EMPTY?no}", "1 "],
    ["${NONE:-a/b:c}", "a/b:c"],
  ])("%s", (text, expected) => {
    expect(interpolate(text, { A: "1", EMPTY: "" })).toBe(expected);
  });

  test.each([
    ["${EMPTY:?set it}", /\$\{EMPTY:\?set it\} needs the variable EMPTY: set it\./],
    ["${NONE?}", /needs the variable NONE: it has no value\./],
    ["5 $ and", /^a "\$" begins no variable\. Write "\$\$"/],
    ["${A", /begins no variable/],
  ])("%s is refused", (text, expected) => {
    expect(() => interpolate(text, { EMPTY: "" })).toThrow(expected);
  });
});

test("what a swarm ignores is told with its line and what to write instead", () => {
  const content = `
x-common: &common
  shm_size: 1m
services:
  web: { <<: *common, image: a, depends_on: [db] }
  db:
    <<: *common
    image: b
    container_name: db
    tmpfs: /fast
    deploy: { replicas: 1 }
    networks:
      n: { ipv4_address: 10.0.0.7, aliases: [a] }
`;
  expect(ignoredKeys([{ name: "a.yml", content }]).map(({ where, text }) => `${where}: ${text}`)).toEqual([
    "a.yml:5 services.web.depends_on: a swarm ignores it. All services start at once, but for the stack's `stages`; a task that ends without what it needs is started again.",
    "a.yml:3 services.web.shm_size: a swarm ignores it. Mount a tmpfs at /dev/shm.",
    "a.yml:9 services.db.container_name: a swarm ignores it. A service's tasks have names of their own; the service is found by its name.",
    "a.yml:10 services.db.tmpfs: a swarm ignores it. Use a volume with `type: tmpfs`.",
    "a.yml:3 services.db.shm_size: a swarm ignores it. Mount a tmpfs at /dev/shm.",
    "a.yml:13 services.db.networks.n.ipv4_address: a swarm ignores it. Tasks get addresses of the network's subnet; use their names.",
  ]);
});

test("restart counts where there is no policy, in any file, and says something else than no", () => {
  const first = `
services:
  kept: { image: a, restart: always }
  never: { image: a, restart: "no" }
  both: { image: a, restart: on-failure:3 }
`;
  const second = "services:\n  both: { deploy: { restart_policy: { condition: any } } }\n";
  const files = [
    { name: "a.yml", content: first },
    { name: "b.yml", content: second },
  ];
  expect(ignoredKeys(files).map(({ where, text }) => `${where}: ${text}`)).toEqual([
    "a.yml:4 services.never.restart: a swarm ignores it. Its tasks are started again; use `deploy.restart_policy` with `condition: none`.",
    "a.yml:5 services.both.restart: a swarm ignores it. `deploy.restart_policy` counts alone.",
  ]);
});

test.each([
  ["127.0.0.1:8080:80", true],
  ["127.0.0.1::80/udp", true],
  ["[::1]:8080:80", true],
  ["${ADDRESS:-10.0.0.1}:8080:80", true],
  ["0.0.0.0:8080:80", false],
  ["8080:80", false],
  ["${PORT:-8080}:80", false],
  ["80", false],
])("a port's address that a swarm ignores: %s", (port, isTold) => {
  const content = `services:\n  web:\n    image: a\n    ports: ["${port}"]\n`;
  expect(ignoredKeys([{ name: "a.yml", content }])).toEqual(
    isTold
      ? [
          {
            where: "a.yml:4 services.web.ports[0]",
            text: expect.stringMatching(/ignores the address.*firewall\.$/),
          },
        ]
      : [],
  );
});

test("a secret that a service has twice has one owner and mode, which is told where they differ", () => {
  const content = `
services:
  web:
    image: a
    secrets:
      - { source: key, target: one, mode: 0400 }
      - { source: other, mode: 0400 }
      - { source: key, target: two, mode: 0400 }
      - key
    configs: [site, { source: site, target: /etc/site.conf }, { source: site, uid: "7" }]
`;
  expect(ignoredKeys([{ name: "a.yml", content }])).toEqual([
    {
      where: "a.yml:10 services.web.configs[2]",
      text: expect.stringMatching(/one file of a config.*another config/),
    },
    {
      where: "a.yml:9 services.web.secrets[3]",
      text: expect.stringMatching(/one file of a secret.*another secret/),
    },
  ]);
});
