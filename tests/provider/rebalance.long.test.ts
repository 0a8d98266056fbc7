import { finished } from "node:stream/promises";
import { closeConnections, connect } from "../../docker/connect";
import { exitCodeOf, startExec } from "../../docker/exec";
import { serviceLogs } from "../../docker/service-logs";
import { Session } from "../../foundation/session";
import { waitFor } from "../../foundation/wait";
import { describeSpread, lookAtSpreads, rebalance } from "../../swarm/rollout/rebalance";
import { lookAtTasks } from "../../swarm/services/look-at-tasks";
import { tasksCalled } from "../../swarm/services/named-tasks";
import { runningTasksOf } from "../../swarm/services/running-tasks";
import { startSwarm, type TestSwarm } from "../../testing/testing";
import { framesOf } from "../../transport/frames";
import { appImage } from "../e2e/harness/app-image";

jest.setTimeout(120_000);

const waiting = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => undefined,
};
let swarm: TestSwarm;
let image: string;
const connectionOf = (node: string) => ({ container: `${swarm.name}-${node}` });
const managers = () => [{ name: "manager-1", connection: connectionOf("manager-1") }];
const spread = async () => describeSpread((await lookAtSpreads(managers(), waiting))[0]);

beforeAll(async () => {
  image = await appImage();
  swarm = await startSwarm({ managers: 1, workers: 2, images: [image] });
  await swarm.drain("worker-2");
  const placement = { constraints: ["node.role == worker"] };
  const command = ["sh", "-c", "echo a word; trap 'exit 0' TERM; sleep 1000 & wait"];
  // By its own settings all are replaced at once.
  const deploy = {
    replicas: 4,
    endpoint_mode: "dnsrr",
    placement,
    update_config: { parallelism: 0, monitor: "500ms" },
  };
  await swarm.deploy({ services: { web: { image, command, deploy } } });
});
afterAll(async () => {
  closeConnections(waiting);
  await swarm?.stop();
});

test("what a task has printed, and a command in it, through nothing but its node's own engine", async () => {
  const seen = await lookAtTasks(managers(), waiting);
  const { service, tasks } = tasksCalled("web", seen);
  const about = { id: service.ID, name: "web", hasTerminal: false };
  const lines: string[] = [];
  const manager = connect(connectionOf("manager-1"), waiting);
  for await (const { text } of serviceLogs(manager, about, { follow: false, tail: 1 }, waiting.signal))
    lines.push(text);
  expect(lines).toEqual(Array.from({ length: 4 }, () => "a word"));

  const [{ container }] = runningTasksOf(service, tasks);
  const engine = connect(connectionOf("worker-1"), waiting);
  const spec = { command: ["sh", "-c", "cat; exit 5"], stdin: true, tty: false };
  const exec = await startExec(engine, { id: container, name: "web.1" }, spec, waiting.signal);
  exec.stream.end("x".repeat(1_000_000));
  let read = 0;
  for await (const { data } of framesOf(exec.stream)) read += data.length;
  await finished(exec.stream).catch(() => undefined);
  expect(read).toBe(1_000_000);
  const code = await waitFor<number>(
    { name: "it has ended", intervalMs: 50, timeoutMs: 10_000 },
    async () => {
      const found = await exitCodeOf(engine, exec);
      return found === undefined ? { pending: "it runs" } : { done: found };
    },
  );
  expect(code).toBe(5);
});

test("a node that takes tasks again has none; the service is spread over both, one task at a time", async () => {
  expect(await spread()).toBe("4 on worker-1");
  await swarm.restore("worker-2");
  expect(await spread()).toBe("4 on worker-1; 0 on worker-2");
  const done: string[] = [];
  const uneven = (await lookAtSpreads(managers(), waiting)).filter(({ moves }) => moves > 0);
  await rebalance(uneven, managers(), waiting, ({ after }) => done.push(describeSpread(after)));
  expect(done).toEqual(["2 on worker-1, worker-2"]);
  const parallelism = await swarm.docker(
    ...["service", "inspect", "--format", "{{.Spec.UpdateConfig.Parallelism}}", "app_web"],
  );
  expect(parallelism).toBe("0\n");
  // Of what is even nothing is touched.
  await rebalance(uneven, managers(), waiting, ({ after }) => done.push(describeSpread(after)));
  expect(done).toHaveLength(1);
});

test("a service that does not come up where it is spread to: the error says why, and what was not touched still runs", async () => {
  await swarm.drain("worker-2");
  const placement = { constraints: ["node.role == worker"] };
  // It is at home on worker-1 alone, and nobody has said so.
  const command = ["sh", "-c", "[ $$NODE = worker-1 ] || exit 3; trap 'exit 0' TERM; sleep 1000 & wait"];
  const deploy = {
    replicas: 4,
    endpoint_mode: "dnsrr",
    placement,
    restart_policy: { condition: "none" },
    update_config: { parallelism: 0, order: "start-first", monitor: "2s", failure_action: "pause" },
  };
  const environment = { NODE: "{{.Node.Hostname}}" };
  await swarm.deploy({ services: { web: { image, command, environment, deploy } } }, { name: "fixed" });
  const running = async () => {
    const ps = ["service", "ps", "fixed_web", "--filter", "desired-state=running", "--format"];
    return (await swarm.docker(...ps, "{{.ID}} {{.CurrentState}}"))
      .split("\n")
      .filter((row) => / Running /.test(row));
  };
  const before = await running();
  expect(before).toHaveLength(4);
  await swarm.restore("worker-2");
  const uneven = (await lookAtSpreads(managers(), waiting)).filter(({ service }) => service === "fixed_web");
  expect(uneven.map(describeSpread)).toEqual(["4 on worker-1; 0 on worker-2"]);
  const failure = rebalance(uneven, managers(), waiting, () => undefined);
  await expect(failure).rejects.toThrow(/fixed_web.*exit.*\(3\)/s);
  const { UpdateConfig } = (
    JSON.parse(await swarm.docker("service", "inspect", "fixed_web")) as { Spec: { UpdateConfig: object } }[]
  )[0].Spec as { UpdateConfig: { Parallelism: number } };
  expect(UpdateConfig.Parallelism).toBe(0);
  // One new task was tried, and may have run for a moment in the place of an old one.
  const ids = (await running()).map((row) => row.split(" ")[0]);
  const untouched = before.filter((row) => ids.includes(row.split(" ")[0]));
  expect(untouched.length).toBeGreaterThanOrEqual(3);
});
