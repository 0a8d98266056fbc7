import { checkComposeFiles } from "../../validation/compose";
import { checkFormerName, checkVariables } from "../../validation/compose-variables";
import type { Problem } from "../../validation/problem";

const NOTHING = { secrets: [] as string[], configs: [] as string[], networks: [] as string[] };

/** Problems of compose files called a.yml, b.yml, … as `where: text` lines. */
function problemsOf(files: string | string[], declared: Partial<typeof NOTHING> = {}): string[] {
  const composeFiles = [files].flat().map((content, index) => ({ name: `${"abc"[index]}.yml`, content }));
  return checkComposeFiles(composeFiles, { ...NOTHING, ...declared }).map(
    ({ where, text }: Problem) => `${where}: ${text}`,
  );
}

/** A file with one service `web`, its settings as the rest of a flow mapping. */
const web = (settings: string, rest = "") => `services: {web: {image: x, ${settings}}}\n${rest}`;

const GOOD = `
version: "3.8"
x-common: &common
  image: shop/web:1
  logging: {driver: json-file}
services:
  web:
    <<: *common
    networks: [front, default]
    secrets: [db_password, {source: certificate, target: /cert, mode: 0444}]
    configs: [{source: page, target: /page}]
    volumes: ["data:/data", /cache, "./here:/there", "C:\\\\data:/x", {type: bind, source: /etc, target: /etc}, "\${VOLUME}:/v"]
    ports: ["8080:80", "9000-9001:9000-9001/udp", {target: 443, published: 8443, mode: host}, "\${PORT}:81", 82]
    depends_on: [db]
    build: .
    container_name: ignored
    x-note: yes
    deploy: {replicas: 2}
    environment: {"y": on, no_proxy: x}
  db:
    <<: *common
    image: postgres:16
    networks: {back: {aliases: [database]}}
    volumes: [{type: volume, source: data, target: /data}]
    ports: [{target: 443, published: 8443, mode: host}, "9000:9000/tcp"]
networks:
  front:
  back: {driver: overlay, name: shared-back, external: true}
volumes:
  data: {}
secrets:
  db_password: {external: true}
  certificate: {external: true, name: made-elsewhere}
configs:
  page: {external: true}
`;

test("a good stack in short and long syntax has no problem", () => {
  expect(problemsOf(GOOD, { secrets: ["db_password"], configs: ["page"] })).toEqual([]);
});

test("what one file leaves out another one may give: services, images, declarations", () => {
  const files = [
    "services: {web: {image: x, networks: [front], secrets: [s]}}",
    "services: {web: {deploy: {replicas: 2}}}",
    "networks: {front: {}}",
  ];
  expect(problemsOf(files, { secrets: ["s"] })).toEqual([]);
});

describe("a file that cannot be read", () => {
  test.each([
    ["not YAML", "services:\n  web: [1\n", /^a\.yml:3:1: is not YAML: flow sequence .*\. Correct the text/],
    ["a tab", "services:\n\tweb: {}", /^a\.yml:2:1: is not YAML: tabs are not allowed/],
    ["a key twice", "services: {}\nservices: {}", /^a\.yml:2:1: is not YAML: map keys must be unique/],
    ["two documents", "services: {}\n---\nservices: {}", /^a\.yml:2:1: a second document starts here/],
    ["empty", "", /^a\.yml: is empty\. Write at least `services:`/],
    ["comments only", "# later\n", /^a\.yml: is empty/],
    ["a list", "- services", /^a\.yml:1: has no mapping at its top level/],
    ["a text", "services", /^a\.yml:1: has no mapping at its top level/],
  ])("%s", (_what, content, expected) => {
    const [first] = problemsOf(content);
    expect(first).toMatch(expected);
  });

  test("hides no problem of the others, but lets none be guessed that it may solve", () => {
    expect(problemsOf([web("imgae: y, networks: [front]"), "networks: [", ""])).toEqual([
      expect.stringMatching(/^b\.yml:1:12: is not YAML/),
      expect.stringMatching(/^c\.yml: is empty/),
      expect.stringMatching(/^a\.yml:1 services\.web\.imgae: /),
    ]);
  });
});

describe("keys", () => {
  test.each([
    ["servcies: {}", /^a\.yml:2 servcies: "servcies" is not a key .* Did you mean "services"\?$/],
    ["name: shop", /^a\.yml:2 name: .* The stack's name is given in the program; remove the key\.$/],
    ["foo: 1", /^a\.yml:2 foo: .* Remove it\.$/],
    [
      "networks: {front: {attachabel: true}}",
      /^a\.yml:2 networks\.front\.attachabel: .* Did you mean "attachable"\?$/,
    ],
    ["secrets: {s: {extrenal: true}}", /^a\.yml:2 secrets\.s\.extrenal: .* Did you mean "external"\?$/],
  ])("%s", (line, expected) => {
    expect(problemsOf(web("", line))).toEqual([expect.stringMatching(expected)]);
  });

  test.each([
    ["netwroks: []", /services\.web\.netwroks: .* Did you mean "networks"\?$/],
    ["Environment: {}", /services\.web\.Environment: .* Did you mean "environment"\?$/],
    ["mem_limit: 1g", /services\.web\.mem_limit: .* Use `deploy\.resources\.limits\.memory`\.$/],
    ["constructor: 1", /services\.web\.constructor: "constructor" is not a key .* Remove it\.$/],
    ["deploy: {x-note: 2}", /services\.web\.deploy\.x-note: "x-note" is not a key/],
    ["deploy: {x-note: 2}", /services\.web\.deploy\.x-note: "x-note" is not a key/],
    ["deploy: {replica: 2}", /services\.web\.deploy\.replica: .* Did you mean "replicas"\?$/],
    [
      "depends_on: {db: {condition: service_healthy}}",
      /services\.web\.depends_on: conditions .* Write a list/,
    ],
  ])("of a service: %s", (settings, expected) => {
    expect(problemsOf(web(settings))).toEqual([expect.stringMatching(expected)]);
  });

  test("files of this machine, texts and variables are taken for configs and secrets", () => {
    const rest =
      "secrets: {s: {file: ./s.txt}, e: {environment: E}}\nconfigs: {c: {file: c.txt}, d: {content: x}}";
    expect(problemsOf(web("env_file: [a.env], secrets: [s, e], configs: [c, d]", rest))).toEqual([]);
  });
});

test("a secret or config without any setting is refused by Docker, a network or volume is not", () => {
  expect(problemsOf(web("", "secrets: {s: }\nconfigs: {c: }\nnetworks: {n1: }\nvolumes: {v: }"))).toEqual([
    expect.stringMatching(/^a\.yml:2 secrets\.s: the secret has no settings\. Write `file:` with its path/),
    expect.stringMatching(/^a\.yml:3 configs\.c: the config has no settings/),
  ]);
});

describe("types and values by Docker's own schema", () => {
  const known = (settings: string, variables?: Record<string, string>, head = "") =>
    checkComposeFiles([{ name: "a.yml", content: head + web(settings) }], NOTHING, { variables }).map(
      ({ where, text }) => `${where}: ${text}`,
    );

  test.each([
    [
      'deploy: {replicas: "2"}',
      /web\.deploy\.replicas: "2" is a text; Docker's stacks take a whole number here\. Write it without/,
    ],
    [
      "deploy: {update_config: {delay: 5}}",
      /update_config\.delay: 5 has no unit; .* a duration here\. Write "5s" if these are seconds/,
    ],
    ["stop_grace_period: 10", /web\.stop_grace_period: 10 has no unit; .* Write "10s" if/],
    ["healthcheck: {interval: 1.5}", /healthcheck\.interval: 1\.5 has no unit; .* Write "1\.5s" if/],
    ["hostname: 5", /web\.hostname: 5 is a number; .* a text here\. Put it in quotes/],
    [
      "deploy: {update_config: {delay: 5 s}}",
      /update_config\.delay: "5 s" is no duration\. Write it with its unit, like 30s/,
    ],
    [
      "deploy: {update_config: {order: first}}",
      /update_config\.order: "first" is none .*: "start-first", "stop-first"/,
    ],
    ["healthcheck: [a]", /web\.healthcheck: what stands here is a list; Docker's stacks take a mapping here/],
    ["dns: {a: b}", /web\.dns: what stands here is a mapping; Docker's stacks take a text or a list here/],
    ["ports: [{target: web}]", /web\.ports\[0\]\.target: "web" is a text; .* a whole number/],
    ["cap_add: [A, A]", /web\.cap_add: lists the same twice/],
    ["deploy: {replicas: '${N}'}", /web\.deploy\.replicas: "\$\{N\}" is a text; .* a whole number/],
    [
      "command: '${N:?say how many}${M:?say more}'",
      /web\.command: \$\{M:\?say more\} needs the variable M: say more/,
    ],
    [
      "stop_grace_period: 1m30.5s, read_only: yes, tty: off, environment: {YES_NO: y, AT: 12:30, DAY: 2020-01-01}",
    ],
    ["ulimits: {nofile: {soft: '${S}', hard: 10}}, tty: '${T}', deploy: {replicas: '${S:-3}'}"],
  ])("%s", (settings, ...expected) => {
    expect(known(settings, { N: "many", S: "7", T: "true" })).toEqual(
      expected.map((text) => expect.stringMatching(text) as string),
    );
  });

  test("what holds a variable that is not known yet is not judged", () => {
    expect(known("deploy: {replicas: '${N}'}, ports: [{target: '${P}'}], imagee: '${X}'")).toEqual([
      expect.stringMatching(/services\.web\.imagee: "imagee" is not a key/),
    ]);
  });

  test("each version has the keys of its own time", () => {
    const capped = "deploy: {placement: {max_replicas_per_node: 1}}";
    expect(known(capped, {}, 'version: "3.8"\n')).toEqual([]);
    expect(known(capped, {}, 'version: "3"\n')).toEqual([]);
    expect(known(capped, {}, 'version: "3.7"\n')).toEqual([
      expect.stringMatching(/placement\.max_replicas_per_node: "max_replicas_per_node" is not a key/),
    ]);
    expect(known("", {}, 'version: "2.4"\n')).toEqual([
      'a.yml:1 version: "2.4" is no version of Docker\'s stacks. Write "3.0" to "3.13", or leave it out.',
    ]);
  });
});

describe("services", () => {
  test.each([
    ['version: "3.8"', /^a\.yml: there is no service\. Write at least one/],
    ["services:", /^a\.yml: there is no service/],
    ["services: {}", /^a\.yml: there is no service/],
    ["services: [web]", /^a\.yml:1 services: is no mapping of services by their names/],
    ["services: {web: }", /^a\.yml:1 services\.web: the service is no mapping/],
    [
      "services: {web: {deploy: {}}}",
      /^a\.yml:1 services\.web: the service "web" has no image\. Add `image:`\.$/,
    ],
    [
      "services: {web: {build: .}}",
      /^a\.yml:1 services\.web: the service "web" has no image; a swarm builds none/,
    ],
  ])("%s", (content, expected) => {
    expect(problemsOf(content)[0]).toMatch(expected);
  });

  test("no file at all", () => {
    expect(problemsOf([])).toEqual([expect.stringMatching(/^composeFiles: there is no service/)]);
  });
});

describe("names that YAML 1.1 reads as something else", () => {
  const BOOLEANS = ["n", "N", "y", "no", "No", "yes", "on", "off", "OFF", "true", "False"];

  test.each(BOOLEANS)("%s is a boolean as key and in a list", (name) => {
    const problems = problemsOf(web(`networks: [${name}]`, `networks:\n  ${name}: {}`));
    expect(problems).toEqual([
      expect.stringMatching(
        `^a\\.yml:3 networks\\.${name}: \`${name}\` without quotes is the boolean (true|false)`,
      ),
      expect.stringMatching(
        `^a\\.yml:1 services\\.web\\.networks\\[0\\]: \`${name}\` without quotes is the boolean`,
      ),
    ]);
    expect(problems[0]).toContain(`Write it in quotes, "${name}", everywhere it is used.`);
  });

  test.each(BOOLEANS)("%s in quotes is a name", (name) => {
    expect(problemsOf(web(`networks: ["${name}"]`, `networks:\n  '${name}': {}`))).toEqual([]);
  });

  test.each([
    ["service", "services: {on: {image: x}}", /services\.on: `on` without quotes is the boolean true/],
    ["service that is a number", "services: {1: {image: x}}", /services\.1: `1` without quotes is a number/],
    [
      "network as a key of a service",
      web("networks: {off: {}}", 'networks: {"off": {}}'),
      /networks\.off: `off` without/,
    ],
    ["secret", web("secrets: [y]", 'secrets: {"y": {external: true}}'), /secrets\[0\]: `y` without quotes/],
    [
      "secret, long form",
      web("secrets: [{source: no}]", 'secrets: {"no": {external: true}}'),
      /source: `no` without/,
    ],
    [
      "config",
      web("configs: [1e3]", 'configs: {"1e3": {external: true}}'),
      /configs\[0\]: `1e3` .* a number/,
    ],
    ["volume", web("", "volumes: {~: {}}"), /volumes\.~: `~` without quotes is null/],
  ])("a %s", (_what, content, expected) => {
    expect(problemsOf(content)).toEqual([expect.stringMatching(expected)]);
  });

  test.each([
    [
      web("environment: {Y: 1}"),
      /^a\.yml:1 services\.web\.environment\.Y: `Y` without quotes is the boolean true and no key/,
    ],
    [web("labels: {1: a}"), /services\.web\.labels\.1: `1` without quotes is a number and no key/],
    [
      web("configs: [{source: c, off: 1}]", "configs: {c: {external: true}}"),
      /configs\[0\]\.off: `off` without/,
    ],
    [web("", "x-a: {on: 1}"), /x-a\.on: `on` without/],
    [web("on: 1"), /services\.web\.on: `on` without quotes is the boolean true and no key/],
  ])("anywhere in the file, once: %s", (content, expected) => {
    expect(problemsOf(content)).toEqual([expect.stringMatching(expected)]);
  });

  test.each(["nn", "none", "onn", "y1", "1a", "v1.2.3"])("%s is a name like any other", (name) => {
    expect(problemsOf(web(`networks: [${name}]`, `networks: {${name}: {}}`))).toEqual([]);
  });
});

test.each([
  ['services: {"we b": {image: x}}', /"we b" is not a name of a service: letters, digits/],
  ["services: {a/b: {image: x}}", /"a\/b" is not a name of a service/],
  ["services: {a.b: {image: x}}", /"a\.b" is not a name of a service: .* no dots/],
  ["services: {web-: {image: x}}", /"web-" is not a name of a service: .* a letter or digit at its end/],
  [web("", 'secrets: {"my secret": {external: true}}'), /"my secret" is not a name of a secret/],
  [
    web("networks: [[front]]"),
    /networks\[0\]: the name of a network must be a text, not a mapping or a list/,
  ],
])("names with bad characters: %s", (content, expected) => {
  expect(problemsOf(content)).toEqual([expect.stringMatching(expected)]);
});

describe("references", () => {
  test.each([
    [
      "networks: [front]",
      /networks\[0\]: the network "front" is declared in no compose file\. Declare it .*, or give it/,
    ],
    ["networks: {front: {}}", /networks\.front: the network "front" is declared/],
    ["secrets: [s]", /secrets\[0\]: the secret "s" is declared/],
    ["secrets: [{source: s}]", /secrets\[0\]\.source: the secret "s" is declared/],
    ["configs: [c]", /configs\[0\]: the config "c" is declared/],
    ['volumes: ["data:/data:ro"]', /volumes\[0\]: the volume "data" is declared in no .* `volumes`\.$/],
    ["volumes: [{type: volume, source: data}]", /volumes\[0\]\.source: the volume "data" is declared/],
  ])("to nothing: %s", (settings, expected) => {
    expect(problemsOf(web(settings))).toEqual([expect.stringMatching(expected)]);
  });

  test("a typing error is told the name that was meant", () => {
    expect(problemsOf(web("secrets: [db_pasword]", "secrets: {db_password: {external: true}}"))).toEqual([
      expect.stringMatching(/"db_pasword" is declared in no compose file\. Did you mean "db_password"\?$/),
    ]);
  });

  test("a name that the program gives and no file mentions is a typing error", () => {
    const content = web("", "secrets: {db_password: {external: true}}");
    expect(problemsOf(content, { secrets: ["db_pasword"], networks: ["shared"] })).toEqual([
      'networks["shared"]: no compose file mentions the network "shared". Use it in a service, or leave it out.',
      'secrets["db_pasword"]: no compose file mentions the secret "db_pasword". Did you mean "db_password"?',
    ]);
  });

  test("an anchor's references are checked for each service that merges it", () => {
    const content =
      "x-a: &a {image: x, secrets: [s]}\nservices:\n  web: {<<: *a}\n  db: {<<: [*a], secrets: []}";
    expect(problemsOf(content)).toEqual([expect.stringMatching(/^a\.yml:1 services\.web\.secrets\[0\]: /)]);
  });
});

test("a service's own key takes the place of a merged one", () => {
  const content =
    "x-a: &a {image: x, imgae: 1, networks: [front]}\nservices: {web: {<<: *a, imgae: 2, networks: []}}";
  expect(problemsOf(content)).toEqual([expect.stringMatching(/^a\.yml:2 services\.web\.imgae: /)]);
});

describe("published ports", () => {
  const two = (a: string, b: string) =>
    `services:\n  web: {image: x, ports: [${a}]}\n  api: {image: x, ports: [${b}]}`;
  const host = (port: number) => `{target: 80, published: ${port}, mode: host}`;

  test.each([
    ["short forms", '"8080:80"', '"8080:81"', "8080/tcp"],
    ["an address does not make it another port", '"127.0.0.1:8080:80"', '"8080:81"', "8080/tcp"],
    ["short and long form", '"8080:80"', "{target: 1, published: 8080}", "8080/tcp"],
    ["inside of a range", '"8080-8082:80-82/udp"', '"8081:1/udp"', "8081/udp"],
    ["ingress and host mode", '"8080:80"', host(8080), "8080/tcp"],
  ])("twice in the cluster, %s", (_what, a, b, port) => {
    expect(problemsOf(two(a, b))).toEqual([
      expect.stringContaining(
        `a.yml:3 services.api.ports[0]: the port ${port} is published by the service web already (a.yml:2 services.web.ports[0], ingress mode)`,
      ),
    ]);
  });

  test.each([
    ["other protocols", '"53:53/tcp"', '"53:53/udp"'],
    ["both in host mode, on different nodes", host(8080), host(8080)],
    ["no published port", "80", '"80"'],
    ["variables", '"${PORT}:80"', '"${PORT}:80"'],
    ["port 0 is any free one", '"0:80"', '"0:80"'],
  ])("no conflict: %s", (_what, a, b) => {
    expect(problemsOf(two(a, b))).toEqual([]);
  });

  test("twice in one service of one file", () => {
    expect(problemsOf(web('ports: ["80:80", "80:81"]'))).toEqual([
      "a.yml:1 services.web.ports[1]: the port 80/tcp is published twice by this service. Remove one.",
    ]);
  });

  test("a later file replaces the port of an earlier one", () => {
    expect(problemsOf([web('ports: ["80:80"]'), 'services: {web: {ports: ["80:81"]}}'])).toEqual([]);
  });

  test("ingress mode and dnsrr exclude each other", () => {
    expect(problemsOf(web('deploy: {endpoint_mode: dnsrr}, ports: ["80:80"]'))).toEqual([
      expect.stringMatching(
        /services\.web\.ports\[0\]: the service web publishes 80\/tcp in ingress mode, which .* dnsrr/,
      ),
    ]);
    expect(problemsOf(web(`deploy: {endpoint_mode: dnsrr}, ports: [${host(80)}]`))).toEqual([]);
  });
});

test("variables have the name that a shell takes, and texts, which no message repeats", () => {
  const lines = (environment: unknown) =>
    checkVariables(environment).map(({ where, text }) => `${where} ${text}`);
  expect(lines({ TAG: "1", _a1: "", lower: "x'y\n" })).toEqual([]);
  for (const name of ["1A", "A-B", "A.B", "A B", "", "A=1;reboot;B", "$(reboot)", "Ä", "A\n"]) {
    expect(lines({ [name]: "s3cret" })).toEqual([
      expect.stringMatching(/^env\[".*"\] is no name of a variable: letters, .*Rename it/s),
    ]);
  }
  expect(lines({ PIN: 4711 })).toEqual([
    'env["PIN"] the value is of type number, not a text. Put it in quotes.',
  ]);
  expect(lines(["A=1"])).toEqual([expect.stringMatching(/^env is no mapping/)]);
  expect(checkFormerName({ env: {} })).toEqual([]);
  expect(checkFormerName({ environment: {} })).toEqual([
    {
      where: "environment",
      text: expect.stringMatching(/^is called `env`: .* Rename it/) as string,
    },
  ]);
});

test("settings of an update are refused of a job, whichever file they are in, as the engine refuses them half-way", () => {
  const job = (settings: string) => `services:\n  a:\n    image: x\n    deploy: ${settings}\n`;
  const problems = (...settings: string[]) =>
    checkComposeFiles(
      settings.map((one, index) => ({ name: `${index}.yml`, content: job(one) })),
      { secrets: [], configs: [], networks: [] },
    );
  expect(problems("{ update_config: { parallelism: 2 } }", "{ mode: replicated-job }")).toEqual([
    {
      where: "0.yml:4 services.a.deploy.update_config",
      text: "a service of mode replicated-job has no updates. Take `update_config` out.",
    },
  ]);
  expect(problems("{ mode: global-job }")).toEqual([]);
  expect(problems("{ mode: global, update_config: { parallelism: 2 } }")).toEqual([]);
});
