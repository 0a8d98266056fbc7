import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { startSwarm, type TestSwarm } from "../../testing/testing";
import { appImage } from "./harness/app-image";
import { testInAll } from "./harness/cases";
import { secretsIn } from "./harness/secret-search";
import { expectSuccess } from "./harness/run";
import { Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

const PROGRAM = ["--cwd", path.join(projectRoot, "tests", "e2e", "fixtures", "services")];

let swarm: TestSwarm;
let workspace: Workspace;

beforeAll(async () => {
  const image = await appImage();
  swarm = await startSwarm({ managers: 1, workers: 1, images: [image], reuse: true });
  workspace = await Workspace.create({ dockerHost: swarm.dockerHost, image, version: "1" });
});
afterAll(async () => {
  await workspace?.remove();
  await swarm?.stop();
});

const up = async () => (await workspace.up(...PROGRAM)).changes;
const inWeb = async (command: string) => {
  const { stdout, stderr } = await swarm.exec("web_web", ["sh", "-c", command]);
  return (stdout + stderr).trim();
};
/** The version of each run of the job. */
const runs = () => inWeb("cat /data/versions");
/** What `status` finds. */
async function drift(): Promise<string[]> {
  const { stdout } = await workspace.swarm("status", "--json");
  const state = JSON.parse(stdout) as { drift: { where: string; wanted: string; actual: string }[] };
  return state.drift.map(({ where, wanted, actual }) => `${where}: ${wanted} -> ${actual}`);
}
const web = async () =>
  (await swarm.docker("service", "ps", "web_web", "-q", "--filter", "desired-state=running")).trim();

test("a job runs to its end, and then a service that has all it is to have", async () => {
  await up();
  const { logs, web } = await workspace.outputs<{ logs: string; web: object }>();
  expect(logs).toBe("to 1 by [secret]");
  expect(web).toMatchObject({
    name: "web_web",
    id: (await swarm.docker("service", "inspect", "--format", "{{.ID}}", "web_web")).trim(),
    replicas: 1,
    endpoints: [{ node: "worker-1", port: 8080, targetPort: 80, protocol: "tcp", mode: "host" }],
  });
  expect(await runs()).toBe("1");
  expect(await inWeb("echo $VERSION $LEVEL; stat -c '%a %u' /etc/token; cat /www/page")).toBe(
    "1 5$\n400 65534\ncosts 5$ ${here}",
  );
  expect(await inWeb('[ "$PASSWORD" = "$(cat /etc/token)" ] && echo same')).toBe("same");
  expect(await inWeb("wget -q -O - http://shop/page && wget -q -O - http://web/page >/dev/null")).toContain(
    "5$",
  );
  const [{ Spec }] = JSON.parse(await swarm.docker("service", "inspect", "web_web")) as [
    { Spec: { Labels: object; TaskTemplate: { ContainerSpec: object; Resources: object } } },
  ];
  expect(Spec.Labels).toMatchObject({ "of.service": "1" });
  expect(Spec.TaskTemplate.ContainerSpec).toMatchObject({ Labels: { "of.container": "2" } });
  expect(Spec.TaskTemplate.Resources).toMatchObject({ Limits: { MemoryBytes: 64 * 1024 ** 2 } });
});

testInAll("neither an update without a change nor one of something else runs the job again", async () => {
  expect(await up()).toEqual({});
  workspace.configure({ level: "debug" });
  const preview = expectSuccess(await workspace.tryPreview(...PROGRAM));
  expect(preview.stdout + preview.stderr).toMatch(/web: environment LEVEL 5\$ → debug/);
  expect(await up()).toEqual({ "SwarmStack web": "update" });
  expect(await runs()).toBe("1");
  // What it runs has changed, and none of its triggers.
  workspace.configure({ code: "3" });
  expect(await up()).toEqual({ "SwarmJob migrate": "update" });
  expect(await runs()).toBe("1");
});

testInAll(
  "one that fails when it is due fails the update, and what depends on it is not touched",
  async () => {
    const before = await web();
    workspace.configure({ version: "2" });
    const { code, text } = await workspace.tryUp(...PROGRAM);
    expect(code).not.toBe(0);
    expect(text).toMatch(/migrate_migrate 0\/1, and none will be started; .*non-zero exit \(3\)/);
    expect(text).toMatch(/\| to 2 by \[secret\]/);
    expect(await web()).toBe(before);
    expect(await runs()).toBe("1\n2");
    expect(await drift()).toEqual([
      expect.stringMatching(
        /^job migrate: ended well -> its last update failed: .*none will be started.*exit \(3\)/,
      ),
    ]);
  },
);

testInAll(
  "it runs again until it has ended well, and then no more, whatever becomes of its service",
  async () => {
    workspace.configure({ code: "0" });
    expect(await up()).toEqual({ "SwarmJob migrate": "update", "SwarmStack web": "update" });
    expect(await runs()).toBe("1\n2\n2");
    await swarm.docker("service", "rm", "migrate_migrate");
    expect(await workspace.preview("--refresh", ...PROGRAM)).toEqual({});
    expect(await drift()).toEqual(["job migrate: service migrate_migrate -> missing"]);
  },
);

test("no secret of theirs is in the state in clear text, and both go with the program", async () => {
  const token = await inWeb("cat /etc/token");
  const { stdout } = await workspace.pulumi(["stack", "export", "--stack", workspace.stack]);
  expect(stdout).toContain("swarm:index:SwarmJob");
  expect(secretsIn(stdout + workspace.printed, { token })).toEqual([]);
  await workspace.destroy();
  expect(await swarm.docker("service", "ls", "-q")).toBe("");
});
