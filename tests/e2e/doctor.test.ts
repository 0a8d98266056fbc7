import type { Finding } from "../../cli/doctor/finding";
import { onlyInAll, testInAll } from "./harness/cases";
import { docker, tryDocker } from "./harness/docker";
import { NetworkFaults, type RunningTask } from "./harness/network-faults";
import type { Ended } from "./harness/run";
import { watchSwarm } from "./harness/swarm-watch";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

const UP_MS = 240_000;
jest.setTimeout(UP_MS);

/** An even number of managers is the first thing to find. */
const SETTINGS = { managers: 2, allowEvenManagers: true, workers: [{ name: "app", count: 2 }] };

let workspace: Workspace;
let witness: Witness;
let image: string;
beforeAll(async () => {
  workspace = await Workspace.create(SETTINGS);
  witness = new Witness(workspace.cluster);
  image = `pulumi-swarm-doctor:${workspace.cluster}`;
  workspace.configure({ images: [{ name: image, build: "demo/web" }] });
  await workspace.up();
});
afterAll(() => workspace?.remove());

interface Doctor extends Ended {
  findings: Record<string, Finding>;
}

async function doctor(): Promise<Doctor> {
  const ended = await workspace.swarm("doctor", "--json");
  const { findings } = JSON.parse(ended.stdout) as { findings: Finding[] };
  return { ...ended, findings: Object.fromEntries(findings.map((finding) => [finding.check, finding])) };
}

function checksOf(level: Finding["level"], { findings }: Doctor): string[] {
  return Object.values(findings)
    .filter((finding) => finding.level === level)
    .map(({ check }) => check)
    .sort();
}

test("a fresh cluster: warnings of what its program chose, no failure, exit code 0", async () => {
  const seen = await doctor();
  expect(checksOf("fail", seen)).toEqual([]);
  expect(checksOf("warn", seen)).toEqual(["autolock", "number of managers", "quorum"]);
  expect(seen.code).toBe(0);
  expect(seen.findings["number of managers"]).toMatchObject({
    found: expect.stringMatching(/^2 managers, an even number/),
    cis: 'CIS Docker Benchmark v1.6.0, 7.1 "Ensure that the minimum number of manager nodes have been created in a swarm"',
  });
});

test("what it learned of every node itself is there", async () => {
  const { findings } = await doctor();
  expect(findings["machines answer"].found).toBe("all 4");
  expect(findings["disk space"].found).toMatch(/^least is free on [a-z]+-\d \d+\.\d GiB \(\d+ %\)$/);
  expect(findings["node certificates"].found).toMatch(/^the first one ends in (89|90) days, on /);
  expect(findings["root CA"].found).toMatch(/^ends in 7(29|30)\d days$/);
  // All nodes share this machine's clock: what is beyond the round trip would be an error of the measurement.
  expect(findings.clocks).toMatchObject({ level: "pass", found: expect.stringMatching(/ms apart \(± \d+/) });
  expect(findings["join tokens"].found).toMatch(/^worker token 0 days old/);
});

describe("the network tells the truth", () => {
  const SERVICE = "echo";
  const NETWORK = "truth";
  let faults: NetworkFaults;

  beforeAll(async () => {
    faults = new NetworkFaults(witness, NETWORK);
    await witness.docker("network", "create", "--driver", "overlay", NETWORK);
    await witness.docker(
      // The kernel here has no IPVS for virtual addresses.
      ...["service", "create", "--detach", "--no-resolve-image", "--name", SERVICE, "--network", NETWORK],
      ...[
        "--mode",
        "global",
        "--endpoint-mode",
        "dnsrr",
        "--entrypoint",
        "httpd",
        "--stop-grace-period",
        "1s",
      ],
      // By its own settings all tasks are replaced at once.
      ...["--update-parallelism", "0", "--update-monitor", "500ms", image, "-f", "-p", "8080", "-h", "/etc"],
    );
    await witness.untilReplicas(SERVICE, "4/4");
  });
  afterAll(async () => {
    await witness.docker("service", "rm", SERVICE);
    await witness.docker("network", "rm", NETWORK);
  });

  const reaches = async (from: RunningTask, { ip }: RunningTask): Promise<boolean> => {
    const inside = ["exec", witness.containerOf(from.node), "docker", "exec", from.container];
    const page = ["wget", "-q", "-T", "2", "-O", "/dev/null", `http://${ip}:8080/passwd`];
    return (await tryDocker(...inside, ...page)).code === 0;
  };
  const repair = () => workspace.swarm("doctor", "--repair-network");

  onlyInAll(() =>
    test("kernel entries that are gone and a name of a task long gone: named, and mended without touching a task", async () => {
      const [from, to] = [await faults.taskOn("app-1", SERVICE), await faults.taskOn("manager-2", SERVICE)];
      const ghost = to.ip.replace(/\d+$/, "199");
      expect(await reaches(from, to)).toBe(true);
      await faults.cutOff("app-1", to);
      await faults.tellOfGhost("app-2", SERVICE, ghost);
      expect(await reaches(from, to)).toBe(false);

      const { code, findings } = await doctor();
      expect(code).toBe(1);
      const entries = findings["overlay entries"];
      expect(entries.level).toBe("fail");
      expect(entries.found.split("\n").sort()).toEqual([
        `${NETWORK} on app-1: the forwarding entry of ${to.ip} (${to.mac}), ${SERVICE}.${(await witness.node("manager-2")).ID} on manager-2, is missing`,
        `${NETWORK} on app-1: the neighbour entry of ${to.ip}, ${SERVICE}.${(await witness.node("manager-2")).ID} on manager-2, is missing`,
      ]);
      // The node that tells of it has never heard of it.
      expect(findings["service discovery"].found.split("\n").sort()).toEqual(
        ["app-1", "manager-1", "manager-2"].flatMap((node) =>
          [SERVICE, `tasks.${SERVICE}`].map(
            (name) =>
              `${NETWORK} on ${node}: the name ${name} leads to ${ghost}, which none of its tasks has`,
          ),
        ),
      );

      const { stderr, code: after } = await repair();
      expect(stderr).toContain("✓ app-1: 2 entries set right");
      expect(stderr).toContain(`✓ ${NETWORK}: the engines forgot ${ghost} of ${SERVICE}`);
      expect(after).toBe(0);
      expect(await reaches(from, to)).toBe(true);
      expect((await faults.taskOn("app-1", SERVICE)).container).toBe(from.container);
      // Nothing of the engine's diagnostics stays open.
      expect(await docker("exec", witness.containerOf("app-2"), "ls", "/etc/docker")).not.toContain(
        "daemon.json",
      );
    }),
  );

  test("a task that no other node knows the name of: its service is renewed, one task at a time", async () => {
    const lost = await faults.taskOn("app-1", SERVICE);
    await faults.tellOfEnd("app-2", lost);
    const watch = watchSwarm(
      [witness.containerOf("manager-1")],
      `docker service ls --format '{{.Name}} {{.Replicas}}' | sed -n 's/^${SERVICE} //p'`,
    );
    const { stderr, code } = await repair();
    await watch.stop();
    expect(stderr).toContain(
      `✗ ${NETWORK} on manager-1: the name tasks.${SERVICE} does not lead to ${lost.ip}`,
    );
    expect(stderr).toContain(`✓ the tasks of ${SERVICE} were replaced`);
    expect(code).toBe(0);
    const running = watch.texts.map((text) => Number(text.split("/")[0]));
    expect(Math.min(...running)).toBeGreaterThanOrEqual(2);
    const parallelism = await witness.docker(
      ...["service", "inspect", "--format", "{{.Spec.UpdateConfig.Parallelism}}", SERVICE],
    );
    expect(parallelism).toBe("0");
  });

  onlyInAll(() =>
    test("an address that one node alone goes on with: the node takes part in its networks anew", async () => {
      const ghost = (await faults.taskOn("app-1", SERVICE)).ip.replace(/\d+$/, "198");
      const endpoint = await faults.tellOfGhost("app-1", SERVICE, ghost);
      // An engine tells the others of an end, but not itself.
      await faults.tellOfEnd("app-2", { endpoint });
      const { stdout, stderr, code } = await repair();
      expect(stderr).toContain(`✗ ${NETWORK} on app-2: the name tasks.${SERVICE} leads to ${ghost}`);
      expect(stderr).toContain("✓ app-2 left its networks and joined them anew");
      // Its last look comes when the node's own task runs again.
      expect([stdout, code]).toEqual([expect.not.stringContaining("✗"), 0]);
      expect((await witness.node("app-2")).Spec.Availability).toBe("active");
    }),
  );
});

test("faults made by hand: each is found where it is, with a remedy, and the exit code is 1", async () => {
  await witness.docker("node", "update", "--availability", "drain", "app-1");
  await witness.docker("network", "create", "--driver", "overlay", "open-network");
  await witness.docker("network", "create", "--driver", "overlay", "--opt", "encrypted", "closed-network");
  await witness.docker(
    ...["service", "create", "--detach", "--no-resolve-image", "--name", "short", "--replicas", "2"],
    ...["--constraint", "node.labels.nowhere==true", "nothing:1"],
  );
  await docker("stop", "--time", "1", witness.containerOf("app-2"));
  await witness.untilState("app-2", "down");

  const seen = await doctor();
  expect(seen.code).toBe(1);
  expect(checksOf("fail", seen)).toEqual(["machines answer", "nodes up", "services"]);
  expect(checksOf("warn", seen)).toEqual([
    "autolock",
    "availability",
    "number of managers",
    "overlay encryption",
    "quorum",
  ]);
  const { findings } = seen;
  expect(findings["machines answer"].found).toMatch(/app-2: the container does not run/);
  expect(findings["nodes up"].found).toBe("app-2 is down");
  expect(findings.services.found).toMatch(/^short 0\/2; task short\.\d is pending: no suitable node/);
  expect(findings.availability.found).toBe("app-1 is drain, the program says active");
  expect(findings["overlay encryption"].found).toMatch(/: open-network$/);
});

test("the remedy that it names mends the nodes", async () => {
  await witness.docker("service", "rm", "short");
  await witness.docker("network", "rm", "open-network", "closed-network");
  await workspace.up("--refresh");
  const seen = await doctor();
  expect(checksOf("fail", seen)).toEqual([]);
  expect(seen.code).toBe(0);
});

testInAll("a worker that left by hand: a refresh alone would not help, what it names does", async () => {
  const { ID } = await witness.node("app-1");
  await witness.dockerOn("app-1", "swarm", "leave");
  await witness.untilState("app-1", "down");
  const { findings } = await doctor();
  expect(findings["nodes up"]).toMatchObject({
    level: "fail",
    found: "app-1 is down",
    remedy: `npm run swarm -- docker node rm --force ${ID}, then npm run up -- --refresh`,
  });
  await workspace.swarm("docker", "node", "rm", "--force", ID);
  await workspace.up("--refresh");
  expect((await doctor()).code).toBe(0);
});

test("a range that tasks could not reach", async () => {
  const subnet = await docker(
    ...["network", "inspect", "--format", "{{(index .IPAM.Config 0).Subnet}}", workspace.cluster],
  );
  await witness.docker("network", "create", "--driver", "overlay", "--subnet", subnet, "on-the-nodes");
  const { findings, code } = await doctor();
  await witness.docker("network", "rm", "on-the-nodes");
  expect(code).toBe(1);
  expect(findings["address ranges"]).toMatchObject({
    level: "fail",
    found: expect.stringContaining(`overlay network on-the-nodes ${subnet} overlaps what manager-1 reaches`),
  });
});

testInAll("quorum is lost: it says so, and still what each node says of itself", async () => {
  await docker("stop", "--time", "1", witness.containerOf("manager-2"));
  await witness.untilNoLeader();
  const seen = await doctor();
  await docker("start", witness.containerOf("manager-2"));
  expect(seen.code).toBe(1);
  expect(seen.findings.swarm).toMatchObject({ level: "fail", found: expect.stringContaining("manager-1") });
  expect(seen.findings["machines answer"].found).toMatch(/^manager-2: /);
  expect(seen.findings["disk space"].level).toBe("pass");
  expect(seen.findings["not looked at"].found).toMatch(/quorum/);
});

test("for a reader: remedies below what is wrong; nothing secret", async () => {
  const { stdout } = await workspace.swarm("doctor");
  expect(stdout).toMatch(/^WARN {2}autolock +off: .*\n +→ swarm\.autoLockManagers: true.*\n +CIS .*, 7\.5 /m);
  expect(stdout).toMatch(/\d+ passed, \d+ warnings, \d+ failed\.\n$/);
  expect(workspace.printed).not.toMatch(/SWMTKN|SWMKEY/);
});
