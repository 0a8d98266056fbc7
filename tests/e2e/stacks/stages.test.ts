import { startSwarm, type TestSwarm } from "../../../testing/testing";
import { appImage } from "../harness/app-image";
import { testInAll } from "../harness/cases";
import { tasksOf } from "./stack-swarm";

jest.setTimeout(300_000);

let swarm: TestSwarm;
let image: string;

beforeAll(async () => {
  image = await appImage();
  swarm = await startSwarm({ managers: 1, workers: 1, images: [image], reuse: true });
});
afterAll(() => swarm?.stop());

/** A migration writes down its version, wherever the others can read that. */
function shop(version: number, migration = `echo ${version} >> /data/versions`) {
  const common = { image, stop_grace_period: "0s", volumes: ["data:/data"] };
  const deploy = {
    update_config: { monitor: "1s", order: "start-first" },
    placement: { constraints: ["node.hostname == worker-1"] },
  };
  return {
    services: {
      // Ends where the migration has not come first.
      web: {
        ...common,
        environment: { VERSION: `${version}` },
        command: ["sh", "-c", "grep -qx $$VERSION /data/versions || exit 9; httpd -f -h /www"],
        deploy: { ...deploy, restart_policy: { condition: "none" } },
      },
      migrate: {
        ...common,
        command: [
          "sh",
          "-c",
          `wget -q -T 5 -O /dev/null http://db || exit 8; echo migrating to ${version}; ${migration}`,
        ],
        deploy: {
          mode: "replicated-job",
          placement: deploy.placement,
          restart_policy: { condition: "none" },
        },
      },
      db: { ...common, deploy: { ...deploy, endpoint_mode: "dnsrr" } },
    },
    volumes: { data: {} },
  };
}

const stages = [["db"], ["migrate"]];
const deployed = (compose: object, options: object = {}) =>
  swarm.deploy(compose, { name: "shop", stages, ...options });
async function failureOf(compose: object, options: object = {}): Promise<string> {
  return deployed(compose, options).then(
    () => "it was deployed",
    (error: Error) => error.message,
  );
}
/** What the migrations that ran to their end have written. */
const migrations = async () =>
  (await swarm.exec("shop_web", ["cat", "/data/versions"])).stdout.trim().split("\n");
/** The tasks of a service that shall run. */
const running = async (service: string) =>
  (await tasksOf(swarm, service))
    .filter(({ DesiredState }) => DesiredState === "running")
    .map(({ ID }) => ID);
const names = async () =>
  (await swarm.docker("service", "ls", "--format", "{{.Name}}")).split("\n").filter(Boolean).sort();
const version = async () => (await swarm.exec("shop_web", ["sh", "-c", "echo $VERSION"])).stdout.trim();

test("a stack is made stage by stage, and its migration runs once", async () => {
  const services = await deployed(shop(1));
  expect(services.map(({ name, replicas }) => `${name} ${replicas}`)).toEqual([
    "shop_db 1",
    "shop_migrate 0",
    "shop_web 1",
  ]);
  expect(await migrations()).toEqual(["1"]);
  expect(await tasksOf(swarm, "shop_migrate")).toHaveLength(1);
  // None was started, and tried again, before its stage.
  expect(await tasksOf(swarm, "shop_web")).toHaveLength(1);
});

test("an update runs it once more, before the new version of what comes after it, and touches no other", async () => {
  const db = await running("shop_db");
  await deployed(shop(2));
  expect(await version()).toBe("2");
  expect(await migrations()).toEqual(["1", "2"]);
  expect(await tasksOf(swarm, "shop_migrate")).toHaveLength(2);
  // None of the new version was tried, and ended, before the migration.
  expect(await tasksOf(swarm, "shop_web")).toHaveLength(2);
  expect(await running("shop_db")).toEqual(db);
});

test("one that fails ends the update with its error, and the old version still serves", async () => {
  const web = await running("shop_web");
  const compose = shop(3, "echo table is locked >&2; exit 3");
  // What the new version has no more still serves the old one.
  const { services } = compose as { services: Record<string, object> };
  services.api = services.web;
  delete services.web;
  const message = await failureOf(compose);
  expect(message).toMatch(/service shop_migrate: shop_migrate 0\/1, and none will be started/);
  expect(message).toMatch(/last lines of shop_migrate:\n.*migrating to 3\n.*table is locked/);
  expect(await running("shop_web")).toEqual(web);
  expect(await version()).toBe("2");
  expect(await migrations()).toEqual(["1", "2"]);
  expect(await names()).toEqual(["shop_db", "shop_migrate", "shop_web"]);
});

testInAll(
  "where it is to be rolled back no migration runs, and what comes later was never touched",
  async () => {
    await deployed(shop(2));
    const [web, db] = [await running("shop_web"), await running("shop_db")];
    const compose = shop(4, "exit 3");
    (compose.services.db as { environment?: object }).environment = { LEVEL: "new" };
    const message = await failureOf(compose, { onFailure: "rollback" });
    expect(message).toMatch(/and none will be started[^]*Rolled back: All its services run again as before/);
    expect(await running("shop_web")).toEqual(web);
    expect(await running("shop_db")).not.toEqual(db);
    expect((await swarm.exec("shop_db", ["sh", "-c", "echo $LEVEL"])).stdout.trim()).toBe("");
    expect(await migrations()).toEqual(["1", "2", "2"]);
    expect(await names()).toEqual(["shop_db", "shop_web"]);
  },
);

testInAll("what left the compose files goes with the last stage, and the migration stays", async () => {
  const compose = shop(5);
  const { db: _gone, ...services } = compose.services;
  services.migrate.command = ["sh", "-c", "echo 5 >> /data/versions"];
  await deployed({ ...compose, services }, { stages: [["migrate"]] });
  expect(await names()).toEqual(["shop_migrate", "shop_web"]);
  expect(await swarm.docker("service", "ls", "--format", "{{.Replicas}}")).toContain("0/1 (1/1 completed)");
});

test("stages that lead nowhere are refused before anything is made", async () => {
  const before = await swarm.docker("service", "ls", "--format", "{{.ID}}");
  await expect(
    deployed(shop(6), { name: "other", stages: [["dbs"], ["migrate"], ["migrate"]] }),
  ).rejects.toThrow(
    'Stack "other": nothing was deployed.\n' +
      '  - stages[0]: there is no service "dbs". Did you mean "db"?\n' +
      '  - stages[2]: "migrate" is in stages[1] already. A service comes once; name it in one of them.',
  );
  expect(await swarm.docker("service", "ls", "--format", "{{.ID}}")).toBe(before);
});
