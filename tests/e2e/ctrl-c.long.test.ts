import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { diagnostics, NOISE } from "./fixtures/reading";
import { someOf } from "./harness/cases";
import { docker } from "./harness/docker";
import { printed } from "./harness/run";
import { Witness } from "./harness/witness";
import { Workspace, type Settings } from "./harness/workspace";

jest.setTimeout(300_000);

/** The time in which a wait has to end. */
const ENDS_WITHIN_MS = 5_000;

const POOL = { name: "app", count: 1 };
const SETTINGS = { managers: 1, workers: [POOL], demo: true, demoReplicas: 1 };

let workspace: Workspace;
let witness: Witness;

beforeAll(async () => {
  workspace = await Workspace.create(SETTINGS);
  await workspace.up();
  witness = new Witness(workspace.cluster);
});
afterAll(() => workspace?.remove());

/** A wait that nothing ends but the test, and how the test lets it go on. */
interface LongWait {
  /** What the display says while it lasts. */
  says: RegExp;
  settings?: Settings;
  args?: string[];
  hold(): Promise<unknown>;
  release(): Promise<unknown>;
}

/** In this order: each one's end is the next one's start. */
const waits: Record<string, LongWait> = {
  "a leader": {
    says: /waiting for a leader/,
    settings: { workers: [{ ...POOL, labels: { turn: "leader" } }] },
    // Its engine hangs: a manager that is stopped or paused would be a final answer.
    hold: () => docker("kill", "--signal", "STOP", container("manager-1")),
    release: () => docker("kill", "--signal", "CONT", container("manager-1")),
  },
  "a node to be Ready": {
    says: /joining: down/,
    settings: { workers: [{ ...POOL, labels: { turn: "ready" } }] },
    hold: async () => {
      await docker("stop", "--time", "1", container("app-1"));
      await witness.untilState("app-1", "down");
    },
    release: async () => {
      await docker("start", container("app-1"));
      await witness.untilState("app-1", "ready");
    },
  },
  "an engine": {
    says: /waiting for the engine/,
    args: ["--refresh"],
    hold: async () => {
      const [engine, program] = [container("app-1"), "#!/bin/sh\nexec sleep infinity\n"];
      await inside("app-1", `mv /usr/sbin/dockerd /root/ && printf '${program}' > /usr/sbin/dockerd`);
      await inside("app-1", "chmod +x /usr/sbin/dockerd");
      await docker("stop", "--time", "1", engine);
    },
    release: async () => {
      await inside("app-1", "mv /root/dockerd /usr/sbin/dockerd");
      await docker("restart", "--time", "1", container("app-1"));
      await witness.untilState("app-1", "ready");
    },
  },
  "a drain": {
    says: /draining: /,
    settings: { workers: [{ ...POOL, availability: "drain" }] },
    hold: () =>
      witness.docker(
        ...["service", "create", "--detach", "--name", "stays", "--constraint", "node.hostname==app-1"],
        ...["--no-resolve-image", `pulumi-swarm-demo:${workspace.cluster}`, "sleep", "infinity"],
      ),
    release: () => witness.docker("service", "rm", "stays"),
  },
  "a stack": {
    says: /converging: /,
    // The worker is drained by now. Not a drain of the manager: swarmkit leaves a task pending that it took from a node,
    // though the node takes tasks again.
    settings: { demoReplicas: 2 },
    hold: () => witness.docker("node", "update", "--availability", "pause", "manager-1"),
    release: () => witness.docker("node", "update", "--availability", "active", "manager-1"),
  },
  "an image": {
    says: /building pulumi-swarm-slow/,
    hold: async () => {
      const build = image();
      mkdirSync(build);
      writeFileSync(path.join(build, "Dockerfile"), "FROM debian:trixie-slim\nRUN sleep infinity\n");
      workspace.configure({ images: [{ name: `pulumi-swarm-slow:${workspace.cluster}`, build }] });
    },
    release: async () => writeFileSync(path.join(image(), "Dockerfile"), "FROM debian:trixie-slim\n"),
  },
  "a join": {
    says: /joining/,
    settings: { workers: [{ ...POOL, count: 2 }], images: undefined },
    hold: () => inside("manager-1", `iptables --insert ${NEW_MEMBERS}`),
    release: () => inside("manager-1", `iptables --delete ${NEW_MEMBERS}`),
  },
};

/** Connections of those that are members already go on. */
const NEW_MEMBERS = "INPUT --protocol tcp --syn --dport 2377 --jump DROP";

const IN_EVERY_RUN = ["a leader", "a drain", "a join"];

test.each(someOf(Object.entries(waits), ([what]) => what, IN_EVERY_RUN))(
  "Ctrl-C while an up waits for %s ends it, and the next up does the rest",
  async (_what, { says, settings = {}, args = [], hold, release }) => {
    await hold();
    try {
      workspace.configure(settings);
      const up = workspace.startUp(...args);
      await printed(up, says);
      const start = Date.now();
      up.child.kill("SIGINT");
      const interrupted = await up.ended;
      const tookMs = Date.now() - start;
      expect(interrupted.code).not.toBe(0);
      expect(diagnostics(interrupted)).toMatch(/cancell?ed/);
      expect(diagnostics(interrupted)).not.toMatch(NOISE);
      expect(tookMs).toBeLessThan(ENDS_WITHIN_MS);
    } finally {
      await release();
    }
    await workspace.up();
    expect(await workspace.preview()).toEqual({});
  },
);

/** Folder of an image whose build takes as long as the test wants. */
function image(): string {
  return path.join(workspace.folder, "slow-image");
}

function container(node: string): string {
  return witness.containerOf(node);
}

function inside(node: string, script: string): Promise<string> {
  return docker("exec", container(node), "sh", "-c", script);
}
