import { parse } from "yaml";
import { readFileSync } from "node:fs";
import type { TestSwarm } from "../../../testing/testing";
import { fixture, stackSwarm, tasksOf } from "./stack-swarm";

jest.setTimeout(300_000);

let swarm: TestSwarm;

beforeAll(async () => void (swarm = await stackSwarm()));
afterAll(() => swarm?.stop());

type Settings = Record<string, unknown>;
const ASKED = parse(readFileSync(fixture("asked.yml"), "utf8"), { merge: true }) as { services: object };

const withNetwork = (settings: Settings) => ({ ...ASKED, networks: { default: settings } });

const networksOf = async (stack: string) =>
  (await swarm.docker("network", "ls", "--filter", `label=com.docker.stack.namespace=${stack}`, "--format", "{{.Name}}"))
    .split("\n")
    .filter(Boolean)
    .sort();

async function asked(): Promise<{ answered: number; lost: string[] }> {
  const lines = (await swarm.logs("asking")).split("\n");
  return {
    answered: lines.filter((line) => line.includes("| answered ")).length,
    lost: lines.filter((line) => line.includes("| lost ")),
  };
}

test("a network changes under two services that talk to each other: no request is lost", async () => {
  await swarm.deploy(withNetwork({ driver_opts: { "com.docker.network.driver.mtu": "1400" } }));
  expect(await networksOf("app")).toEqual(["app_default"]);
  const before = await asked();
  console.log("before", before);
  const t0 = Date.now();
  await swarm.deploy(withNetwork({ attachable: true }));
  console.log("took", Date.now() - t0);
  const after = await asked();
  console.log("after", after);
  console.log(await networksOf("app"), (await tasksOf(swarm, "app_web")).map((t) => [t.Status.State, t.node, t.NetworksAttachments?.length]));
});
