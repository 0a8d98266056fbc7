import type { TestSwarm } from "../../../testing/testing";
import { asked, networksOf } from "./asked";
import { fixture, stackSwarm, tasksOf } from "./stack-swarm";

jest.setTimeout(300_000);

let swarm: TestSwarm;

beforeAll(async () => void (swarm = await stackSwarm()));
afterAll(() => swarm?.stop());

const MTU = "com.docker.network.driver.mtu";
const withNetwork = (settings: object) => [
  fixture("asked.yml"),
  {
    services: { web: { networks: { inner: { aliases: ["site"] } } }, asking: { networks: ["inner"] } },
    networks: { inner: settings },
  },
];

test("a network changes under two services, and no request from one to the other is lost", async () => {
  await swarm.deploy(withNetwork({ driver_opts: { [MTU]: "1400" } }));
  expect(await networksOf(swarm, "app")).toEqual(["app_inner"]);
  const before = await asked(swarm, "app");
  const services = await swarm.deploy(withNetwork({ driver_opts: { [MTU]: "1300" }, attachable: true }));
  const after = await asked(swarm, "app");
  expect(after.lost).toEqual(before.lost);
  for (const name of ["web", "tasks.web", "site"])
    expect(after.answered[name] - before.answered[name]).toBeGreaterThan(100);
  const [network] = await networksOf(swarm, "app");
  expect(await networksOf(swarm, "app")).toEqual([network]);
  expect(network).toMatch(/^app_inner-[0-9a-f]{10}$/);
  expect(services.map(({ networks }) => networks)).toEqual([[network], [network]]);
  const [{ Attachable, Options }] = JSON.parse(await swarm.docker("network", "inspect", network)) as [
    { Attachable: boolean; Options: Record<string, string> },
  ];
  expect({ Attachable, mtu: Options[MTU] }).toEqual({ Attachable: true, mtu: "1300" });
});

test("what is as wanted stays: the same deployed again renews no task", async () => {
  const tasks = async () => (await tasksOf(swarm, "app_web")).map(({ ID }) => ID).sort();
  const [before, networks] = [await tasks(), await networksOf(swarm, "app")];
  await swarm.deploy(withNetwork({ attachable: true, driver_opts: { [MTU]: "1300" } }));
  expect(await tasks()).toEqual(before);
  expect(await networksOf(swarm, "app")).toEqual(networks);
});
