import { waitFor } from "../../foundation/wait";
import { folderOf } from "./harness/traces";
import {
  CHECKOUT,
  inCheckout,
  moveIn,
  newcomerDisk,
  NODE_BASE_IMAGE,
  SERVICE_IMAGE,
} from "./harness/newcomer";
import { VmNetwork } from "./harness/network";
import type { Vm } from "./harness/vm";

jest.setTimeout(3_600_000);

const STACK = "newcomer";
const CONFIG = `config:
  pulumi-swarm:managers: 1
  pulumi-swarm:nodeImage: ${NODE_BASE_IMAGE}
  pulumi-swarm:workers:
    - name: app
      count: 1
  pulumi-swarm:images:
    - name: ${SERVICE_IMAGE}
`;

let network: VmNetwork;
let vm: Vm;

beforeAll(async () => {
  network = await VmNetwork.create();
  const disk = await newcomerDisk(folderOf(network.name));
  vm = await network.vm("newcomer", { memoryMiB: 3072, cpus: 2, readOnlyDisks: [disk] });
  await vm.start();
  await timed("moving in", () => moveIn(vm));
  await vm.output(`cat > ${CHECKOUT}/Pulumi.${STACK}.yaml <<'END'\n${CONFIG}END`);
});
afterAll(() => network?.remove());

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = Date.now();
  const result = await work();
  process.stdout.write(`Newcomer, ${what}: ${Math.round((Date.now() - began) / 1000)} s\n`);
  return result;
}

function npm(args: string): Promise<string> {
  return timed(`npm ${args}`, () => vm.output(inCheckout(`npm ${args} 2>&1`)));
}

test("a machine with systemd and cgroup v2 gets a cluster with one command", async () => {
  expect(await vm.output("docker info --format '{{.CgroupVersion}} {{.SecurityOptions}}'")).toMatch(/^2 /);
  await npm(`run up -- --stack ${STACK}`);
  const status = JSON.parse(
    (await npm(`run --silent swarm -- status --json --stack ${STACK}`)).replace(/^[^{]*/, ""),
  ) as { nodes: { name: string; role: string; status: string }[] };
  expect(status.nodes.map(({ name, role, status }) => `${name} ${role} ${status}`).sort()).toEqual([
    "app-1 worker ready",
    "manager-1 manager ready",
  ]);
});

test("tasks run on all of its nodes, within the memory they are given", async () => {
  const swarm = (args: string) => npm(`run --silent swarm -- --stack ${STACK} docker ${args}`);
  const limits = "--mode global --limit-memory 32M --no-resolve-image";
  const script = "'cat /sys/fs/cgroup/memory.max; sleep 86400'";
  await swarm(
    `service create --quiet --name limited ${limits} --entrypoint sh ${SERVICE_IMAGE} -c ${script}`,
  );
  // What a task printed reaches the log a moment after the task counts as running.
  const condition = { name: "both tasks have printed their limit", intervalMs: 1_000, timeoutMs: 300_000 };
  await waitFor(condition, async () => {
    const logs = await swarm("service logs --raw limited");
    return logs.match(/^33554432$/gm)?.length === 2 ? { done: logs } : { pending: logs };
  });
});

test("and nothing of it is left after another one", async () => {
  await npm(`run down -- --stack ${STACK}`);
  expect(await vm.output("docker ps --all --quiet; docker volume ls --quiet")).toBe("");
  expect(await vm.output("docker network ls --quiet --filter type=custom")).toBe("");
});
