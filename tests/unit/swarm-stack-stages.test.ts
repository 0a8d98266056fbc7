import { deploymentsOf } from "../../swarm/stacks/deployments";
import type { Compose } from "../../swarm/stacks/stack-deploy";
import { checkStages } from "../../validation/compose-stages";

const service = (image: string) => ({ image });
const COMPOSE = {
  services: {
    web: service("shop:1"),
    db: service("db:1"),
    migrate: service("shop:1"),
    api: service("shop:1"),
  },
  networks: { inner: {} },
};
const FILES = [
  { name: "a.yml", content: "services: { web: { image: x }, db: { image: x } }" },
  { name: "b.yml", content: "services: { web: { image: y }, migrate: { image: x } }" },
];
const servicesOf = (stages?: string[][], compose: Compose = COMPOSE) =>
  deploymentsOf(compose, { stages }).map((one) => Object.keys(one.compose.services ?? {}));

test("each service is deployed in one stage alone, and those without one come last", () => {
  const deployments = deploymentsOf(COMPOSE, { stages: [["db"], ["migrate"]] });
  expect(deployments.map(({ what, waitsFor }) => [what, waitsFor])).toEqual([
    ["deploying db (stage 1 of 3)", ["db"]],
    ["deploying migrate (stage 2 of 3)", ["migrate"]],
    ["deploying web, api (stage 3 of 3)", ["web", "api"]],
  ]);
  expect(deployments[1].compose).toEqual({
    services: { migrate: service("shop:1") },
    networks: { inner: {} },
  });
});

test("without stages, and with all services in one, all is deployed at once", () => {
  expect(deploymentsOf(COMPOSE, {})).toEqual([{ what: "deploying", compose: COMPOSE }]);
  expect(servicesOf([["web", "db", "migrate", "api"]])).toEqual([["web", "db", "migrate", "api"]]);
  expect(servicesOf([["db"]], {})).toEqual([[]]);
});

test("the last stage is the last deployment where it leaves nothing", () => {
  expect(
    servicesOf([
      ["db", "migrate"],
      ["api", "web"],
    ]),
  ).toEqual([
    ["db", "migrate"],
    ["api", "web"],
  ]);
});

test("services of any of the files can be named", () => {
  expect(checkStages([["db"], ["migrate"]], FILES)).toEqual([]);
  expect(checkStages(undefined, FILES)).toEqual([]);
  // Names are known later.
  expect(checkStages([["dbs"]])).toEqual([]);
});

test.each([
  [[["dbb"]], 'stages[0]: there is no service "dbb". Did you mean "db"?'],
  [[["cache"]], 'stages[0]: there is no service "cache". There are: web, db, migrate.'],
  [
    [["db"], ["web", "db"]],
    'stages[1]: "db" is in stages[0] already. A service comes once; name it in one of them.',
  ],
  [
    [["db"], []],
    "stages[1]: is empty, so nothing would be waited for. Name a service, or leave the stage out.",
  ],
  [["db"], 'stages[0]: "db" is no list of services. Write it like [["db"], ["migrate"]].'],
  ["db", 'stages: "db" is no list of stages. Write it like [["db"], ["migrate"]].'],
  [[[1]], 'stages[0]: 1 is no name of a service. Write it like [["db"], ["migrate"]].'],
])("%j is refused", (stages, text) => {
  expect(checkStages(stages, FILES).map((problem) => `${problem.where}: ${problem.text}`)).toEqual([text]);
});
