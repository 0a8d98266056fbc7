import type { Context } from "../../foundation/context";
import { Session } from "../../foundation/session";
import type { SwarmStackInputs } from "../../schema/stack";
import { tellWarnings, warningsIn } from "../../swarm/stacks/docker-warnings";

const logged = (text: string) => `time="2026-01-02T03:04:05Z" level=warning msg="${text}"\n`;
/** Docker's words of `127.0.0.1:80:80` and of `[::1]:81:81`. */
const ON_ONE = ["127.0.0.1:80:80/tcp", "[::1]:81:81/tcp"].map(
  (port) => `ignoring IP-address (${port}) service will listen on '0.0.0.0'`,
);
const DIGEST = (image: string) =>
  `image ${image} could not be accessed on a registry to record\nits digest. Each node will access ${image} independently,\n` +
  "possibly leading to different nodes running different\nversions of the image.\n\n";
const ADVICE =
  "Since --detach=false was not specified, tasks will be created in the background.\n" +
  "In a future release, --detach=false will become the default.\n";

const withPorts = (...ports: string[]) => ({
  composeFiles: [
    { name: "a.yml", content: `services: { web: { image: a, ports: ${JSON.stringify(ports)} } }` },
  ],
  environment: { ADDRESS: "[::1]", PORT: "127.0.0.1:80:80" },
});

test("a warning of Docker's is one line, and each is told once", () => {
  const stderr = `${ADVICE}${DIGEST("shop:1")}${DIGEST("shop:1")}${DIGEST("db:2")}`;
  const words = (image: string) =>
    `image ${image} could not be accessed on a registry to record its digest. Each node will access ${image} independently, ` +
    "possibly leading to different nodes running different versions of the image.";
  expect(warningsIn(stderr, withPorts())).toEqual([words("shop:1"), words("db:2")]);
});

test("lines of its logger are taken apart, and what the machine's shell says is no warning of Docker's", () => {
  const stderr = `sudo: unable to resolve host\n${logged("network a: network.external.name is deprecated")}${logged('say \\"yes\\"')}`;
  expect(warningsIn(stderr, withPorts())).toEqual([
    "network a: network.external.name is deprecated",
    'say "yes"',
  ]);
});

test("what is told of with file and line is not told again, and the rest of it is", () => {
  const stderr =
    "Ignoring unsupported options: build, restart\n\nIgnoring deprecated options:\n\n" +
    `container_name: Setting the container name is not supported.\n\n${ADVICE}`;
  expect(warningsIn(stderr, withPorts())).toEqual([]);
  expect(
    warningsIn(stderr.replace("restart", "newer_one").replace("container_name", "old_one"), withPorts()),
  ).toEqual([
    "Ignoring unsupported options: newer_one",
    "old_one: Setting the container name is not supported.",
  ]);
});

test.each([
  [[], ON_ONE],
  [["127.0.0.1:80:80"], [ON_ONE[1]]],
  [["127.0.0.1:80:80", "${ADDRESS}:81:81"], []],
  // It shows no address to whoever reads the file.
  [["${PORT}"], ON_ONE],
])("the address of a port is Docker's to tell where the file shows none: %j", (ports, expected) => {
  expect(warningsIn(ON_ONE.map(logged).join(""), withPorts(...ports))).toEqual(expected);
});

test("it is told once in a run, without the stack's secrets", () => {
  const told: string[] = [];
  const context = {
    session: new Session(),
    secretTexts: new Set(["sesame-4711"]),
    warn: (text: string) => void told.push(text),
  } as unknown as Context;
  const inputs = {
    ...{ name: "shop", clusterId: "c", environment: { HOST: "sesame-4711" } },
    composeFiles: [{ name: "a.yml", content: "services: { web: { image: a } }" }],
  } as unknown as SwarmStackInputs;
  const stderr = logged("sesame-4711 is deprecated");
  for (const name of ["shop", "shop", "mail"]) tellWarnings(stderr, { ...inputs, name }, context);
  tellWarnings(ADVICE, inputs, context);
  const text = "Docker says of it:\n  - [secret] is deprecated";
  expect(told).toEqual([text, text]);
});
