import { lstatSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { waitFor } from "../../../foundation/wait";
import { projectRoot } from "../../../tools/setup/paths";
import { testInAll } from "../harness/cases";
import { docker } from "../harness/docker";
import { expectSuccess, output, printed, run, start } from "../harness/run";
import { NODES, UP_MS, type Outputs, type Shared } from "./shared";

const NAMES = ["node", "ls", "--format", "{{.Hostname}}"];

/** The cluster for tools that know nothing of Pulumi: plain docker, by DOCKER_HOST. */
export function otherTools(shared: Shared): void {
  const nodesAt = async (host: string) =>
    (await output("docker", ["--host", host, ...NAMES])).split("\n").sort();

  test("`dockerHost` is a manager's socket on this machine, for its user alone", async () => {
    const { dockerHost } = await shared.workspace.outputs<Outputs>();
    expect(dockerHost).toMatch(/^unix:\/\/.*\/manager-1\.sock$/);
    expect(await nodesAt(dockerHost)).toEqual(NODES);
    const socket = realpathSync(dockerHost.slice("unix://".length));
    const { mode, uid } = lstatSync(socket);
    expect([mode & 0o777, uid]).toEqual([0o600, process.getuid?.()]);
    const cluster = path.dirname(path.dirname(path.dirname(socket)));
    for (const folder of [path.dirname(socket), cluster, path.dirname(cluster)])
      expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test("after `eval` of `swarm env` docker talks to the swarm, and our own commands to the nodes' engine", async () => {
    const swarm = `npm run --silent swarm -- --stack ${shared.workspace.stack}`;
    const script = [
      "set -e",
      `eval "$(${swarm} env --shell sh)"`,
      "docker node ls --format {{.Hostname}} | sort",
      "docker stack ls --format {{.Name}}",
      `${swarm} status | head -n 1`,
      `eval "$(${swarm} env --shell sh --unset)"`,
      "docker ps --format {{.Names}}",
    ].join("\n");
    const { stdout } = expectSuccess(
      await run("sh", ["-c", script], { cwd: projectRoot, env: shared.workspace.env }),
    );
    const lines = stdout.trim().split("\n");
    expect(lines.slice(0, 6)).toEqual([...NODES, "demo"]);
    expect(lines[6]).toContain("3 managers, 1 may fail");
    expect(lines.slice(7)).toContain(shared.witness.containerOf("app-1"));
  });

  testInAll(
    "with a manager dead `swarm env` names another one, and a proxy goes on with another one",
    async () => {
      const { workspace, witness } = shared;
      const proxy = start(
        process.execPath,
        ["tools/start.js", "cli/main", "--stack", workspace.stack, "proxy", "--shell", "sh"],
        { cwd: projectRoot, env: workspace.env },
      );
      const dead = witness.containerOf("manager-1");
      try {
        await printed(proxy, /^# These lines/m);
        const { dockerHost } = await workspace.outputs<Outputs>();
        const socket = path.join(path.dirname(dockerHost.slice("unix://".length)), "proxy", "docker.sock");
        expect([await nodesAt(`unix://${socket}`), lstatSync(socket).mode & 0o777]).toEqual([NODES, 0o600]);

        await docker("kill", dead);
        expect(await nodesAt(`unix://${socket}`)).toEqual(NODES);
        expect((await workspace.swarm("env", "--shell", "sh")).stdout).toMatch(/manager-[23]\.sock/);

        const another = await workspace.swarm("proxy");
        expect([another.code, another.stderr]).toEqual([
          1,
          expect.stringMatching(/Another process listens on .*docker\.sock.*--socket PATH/),
        ]);
        proxy.child.kill("SIGTERM");
        const { code, stdout } = await proxy.ended;
        expect([code, stdout]).toEqual([
          0,
          expect.stringContaining(`export DOCKER_HOST='unix://${socket}'\n`),
        ]);
        expect(lstatSync(path.dirname(socket), { throwIfNoEntry: false })).toBeUndefined();
      } finally {
        proxy.child.kill("SIGKILL");
        await docker("start", dead);
        await untilSound(shared);
      }
    },
    UP_MS,
  );
}

/** As every other claim expects the cluster. */
async function untilSound({ witness }: Shared): Promise<void> {
  await waitFor<void>(
    { name: "all nodes are Ready and Reachable", on: witness.cluster, intervalMs: 500, timeoutMs: 90_000 },
    async () => {
      const nodes = await witness.nodes().catch((error: Error) => error.message);
      if (typeof nodes === "string") return { pending: nodes };
      const late = nodes.filter(
        ({ Status, ManagerStatus }) =>
          Status.State !== "ready" || (ManagerStatus && ManagerStatus.Reachability !== "reachable"),
      );
      return late.length === 0
        ? { done: undefined }
        : { pending: late.map(({ Description }) => Description.Hostname).join(", ") };
    },
  );
  await witness.untilReplicas("demo_gateway", "5/5");
  await witness.untilReplicas("demo_web", "4/4");
}
