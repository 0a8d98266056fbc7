import { appImage } from "./harness/app-image";
import { expectSuccess, printed } from "./harness/run";
import { Workspace } from "./harness/workspace";
import { Witness } from "./harness/witness";

jest.setTimeout(240_000);

const CREATE = ["service", "create", "--detach", "--no-resolve-image", "--update-monitor", "500ms"];
const WORKERS = ["--constraint", "node.role==worker", "--endpoint-mode", "dnsrr"];
/** Ends at once when it is told to, as PID 1 does not by itself. */
const TALK = "echo a word; echo $HOSTNAME > /tmp/name; trap 'exit 0' TERM; sleep 1000 & wait";

let workspace: Workspace;
let witness: Witness;
beforeAll(async () => {
  const image = await appImage();
  workspace = await Workspace.create({
    managers: 1,
    workers: [{ name: "app", count: 1 }],
    images: [{ name: image }],
  });
  witness = new Witness(workspace.cluster);
  await workspace.up();
  const label = ["--label", "com.docker.stack.namespace=shop"];
  await witness.docker(
    ...[...CREATE, "--name", "shop_web", "--replicas", "4", ...label, ...WORKERS, image, "sh", "-c", TALK],
  );
  await witness.docker(
    ...[...CREATE, "--name", "pinned", "--replicas", "2", "--constraint", "node.hostname==app-1"],
    ...["--endpoint-mode", "dnsrr", image, "sh", "-c", TALK],
  );
  await witness.docker(
    ...CREATE,
    "--name",
    "broken",
    "--restart-condition",
    "none",
    image,
    "sh",
    "-c",
    "exit 3",
  );
  await witness.untilReplicas("shop_web", "4/4");
  await witness.untilReplicas("pinned", "2/2");
});
afterAll(() => workspace?.remove());

test("ps: each task with its node, and why one does not run", async () => {
  const { stdout, code } = await workspace.swarm("ps");
  expect(stdout).toMatch(
    /^TASK +NODE +IMAGE +DESIRED +STATE +SINCE\nbroken\.1 .*failed.*\n {4}task: non-zero exit \(3\)\n/,
  );
  expect(stdout.match(/^shop_web\.\d +app-1 .* running +running +\d+ [sm] ago$/gm)).toHaveLength(4);
  expect((await workspace.swarm("ps", "shop")).stdout.match(/^\w+\.\d/gm)).toHaveLength(4);
  expect(code).toBe(0);
});

test("logs: what all tasks have printed, or one of them, each line with its task and node", async () => {
  const { stdout } = expectSuccess(await workspace.swarm("logs", "web"));
  expect(stdout.trim().split("\n").sort()).toEqual(
    [1, 2, 3, 4].map((slot) => `shop_web.${slot}@app-1 | a word`),
  );
  const one = expectSuccess(await workspace.swarm("logs", "shop_web.2", "--timestamps", "--tail", "1"));
  expect(one.stdout).toMatch(/^\d{4}-\d\d-\d\dT\S+Z shop_web\.2@app-1 \| a word\n$/);
  expect(await workspace.swarm("logs", "web", "--tail", "0")).toMatchObject({
    stdout: "",
    stderr: "No lines of shop_web.\n",
  });
});

test("logs --follow: what comes later as well, of tasks that come later as well; Ctrl-C ends it well", async () => {
  const following = workspace.startSwarm("logs", "web", "--follow", "--tail", "1");
  // Its first line may come before it has begun to follow: the task says it until it was heard.
  const said = printed(following, /^shop_web\.1@app-1 +\| later$/m);
  const says = "(while [ -e /tmp/name ]; do echo later; sleep 1; done) > /proc/1/fd/1 2>/dev/null &";
  expectSuccess(await workspace.swarm("exec", "web.1", "--", "sh", "-c", says));
  await said;
  expectSuccess(await workspace.swarm("exec", "web.1", "--", "rm", "/tmp/name"));
  const successor = printed(following, /^shop_web\.5@app-1 +\| a word$/m);
  await witness.docker("service", "scale", "--detach", "shop_web=5");
  await successor;
  following.child.kill("SIGINT");
  const { code, stderr } = await following.ended;
  expect([code, stderr]).toEqual([0, ""]);
  await witness.docker("service", "scale", "--detach", "shop_web=4");
  await witness.untilReplicas("shop_web", "4/4");
});

test("exec: into the task where it runs; its input, output and exit code are ours", async () => {
  const command = ["exec", "web.3", "-i", "--", "sh", "-c", "cat; echo to stderr >&2; exit 7"];
  expect(await workspace.swarmGiven("from here\n", ...command)).toMatchObject({
    code: 7,
    stdout: "from here\n",
    stderr: "to stderr\n",
  });
  const { stderr } = expectSuccess(await workspace.swarm("exec", "web", "--", "true"));
  expect(stderr).toBe("4 tasks of shop_web run; this is shop_web.1 on app-1.\n");
  for (const [name, said] of [
    ["nobody", 'There is no service "nobody". There are: broken, pinned, shop_web.'],
    ["web.9", 'shop_web has no task "9". It has: shop_web.1 on app-1'],
    ["broken", "No task of broken runs. Its newest: failed: task: non-zero exit (3)."],
  ]) {
    const ended = await workspace.swarm("exec", name, "--", "true");
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining(said)]);
  }
});

test("a node that joins: `rebalance` says what would move, and does it; what is pinned stays", async () => {
  workspace.configure({ workers: [{ name: "app", count: 2 }] });
  await workspace.up();
  const plan = /^SERVICE .*\nshop_web {2}4 on app-1; 0 on app-2 {2}2 of 4\n/;
  const before = await workspace.swarm("ps", "--json");
  expect((await workspace.swarm("rebalance", "--dry-run")).stdout).toMatch(plan);
  expect(idsIn((await workspace.swarm("ps", "--json")).stdout)).toEqual(idsIn(before.stdout));
  const { stdout } = expectSuccess(await workspace.swarm("rebalance"));
  expect(stdout).toMatch(plan);
  expect(stdout).toContain("✓ shop_web: 2 on app-1, app-2.\n");
  expect(stdout).not.toContain("pinned");
  expect((await workspace.swarm("rebalance")).stdout).toMatch(
    /^Nothing to do: every service is spread evenly/,
  );
});

test("`rebalance: true`: the same by itself after nodes joined, and nothing for itself alone", async () => {
  const tasks = async () => idsIn((await workspace.swarm("ps", "shop", "--json")).stdout);
  const before = await tasks();
  workspace.configure({ rebalance: true });
  await workspace.up();
  expect(await tasks()).toEqual(before);
  workspace.configure({ workers: [{ name: "app", count: 4 }] });
  const { text } = await workspace.up();
  expect(text).toContain("shop_web was spread anew: 1 on app-1, app-2, app-3, app-4.");
  expect((await workspace.swarm("ps", "pinned")).stdout.match(/^pinned\.\d +app-1 /gm)).toHaveLength(2);
});

function idsIn(rows: string): string[] {
  return (JSON.parse(rows) as { id: string }[]).map(({ id }) => id);
}
