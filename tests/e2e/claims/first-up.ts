import { tryDocker } from "../harness/docker";
import { demoShows, fingerprintOf } from "../harness/demo-page";
import { FIRST_PASSWORD, GREETING, NODES, UP_MS, addressesOf, type Outputs, type Shared } from "./shared";

/** What one `up` makes of the project's configuration. */
export function firstUp(shared: Shared): void {
  test(
    "makes a swarm of 3 managers and 2 workers, all Ready, with one leader",
    async () => {
      await shared.workspace.up();
      const nodes = await shared.witness.nodes();
      expect(nodes.map(({ Description }) => Description.Hostname)).toEqual(NODES);
      expect(nodes.map(({ Spec }) => Spec.Role)).toEqual([
        "worker",
        "worker",
        "manager",
        "manager",
        "manager",
      ]);
      expect(nodes.map(({ Status }) => Status.State)).toEqual(NODES.map(() => "ready"));
      expect(nodes.map(({ Spec }) => Spec.Availability)).toEqual(NODES.map(() => "active"));
      expect(nodes.filter(({ ManagerStatus }) => ManagerStatus?.Leader)).toHaveLength(1);
      expect(nodes.filter(({ ManagerStatus }) => ManagerStatus?.Reachability === "reachable")).toHaveLength(
        3,
      );
      expect(await shared.witness.clusterIds()).toHaveLength(1);
    },
    UP_MS,
  );

  test("gives its machines neither devices of this host nor its clock", async () => {
    const machine = shared.witness.containerOf("app-1");
    const inside = (script: string) => tryDocker("exec", machine, "sh", "-c", script);
    // A loop device: what is on a disk of the host is reached the same way.
    const device = await inside("mknod /tmp/device b 7 0 && head -c 1 /tmp/device; rm -f /tmp/device");
    expect(device.stderr).toMatch(/Operation not permitted/);
    // The second that it is: harmless where it is allowed.
    expect((await inside('date --set "@$(date +%s)"')).stderr).toMatch(/Operation not permitted/);
  });

  test("sets the labels of managers and workers", async () => {
    const labels = (await shared.witness.nodes()).map(({ Spec }) => Spec.Labels);
    const app = { zone: "b", storage: "ssd" };
    expect(labels).toEqual([app, app, { zone: "a" }, { zone: "a" }, { zone: "a" }]);
  });

  test("makes the config, the secret and the overlay network", async () => {
    const { witness } = shared;
    expect(await witness.objects("config")).toEqual([expect.stringMatching(/^greeting-[0-9a-f]{10}$/)]);
    expect(await witness.objects("secret")).toEqual([expect.stringMatching(/^password-[0-9a-f]{10}$/)]);
    const network = await witness.docker(
      "network",
      "inspect",
      "--format",
      "{{.Driver}} {{.Scope}}",
      "demo_demo",
    );
    expect(network).toBe("overlay swarm");
  });

  test("runs the demo stack: every replica, and a gateway on every node", async () => {
    const services = await shared.witness.docker(
      "stack",
      "services",
      "--format",
      "{{.Name}} {{.Replicas}}",
      "demo",
    );
    expect(services.split("\n").sort()).toEqual(["demo_gateway 5/5", "demo_web 4/4"]);
  });

  test("serves the demo's page on every node, with the config's text and the secret", async () => {
    for (const address of await addressesOf(shared)) {
      // The names of tasks reach every node by gossip, a moment after the tasks run.
      const status = await demoShows(
        address,
        "its gateway sees every replica",
        ({ gateway }) => gateway.replicas === 4,
      );
      expect(status).toMatchObject({ stack: "demo", service: "demo_web", config: { text: GREETING } });
      expect(status.secret).toMatchObject({ mounted: true, fingerprint: fingerprintOf(FIRST_PASSWORD) });
    }
  });

  test("answers in its outputs with the cluster's ID and every node's name, ID and address", async () => {
    const outputs = await shared.workspace.outputs<Outputs>();
    const nodes = await shared.witness.nodes();
    expect([outputs.clusterId]).toEqual(await shared.witness.clusterIds());
    const told = [...outputs.workers, ...outputs.managers].map(({ name, id, address }) => [
      name,
      id,
      address,
    ]);
    const seen = nodes.map(({ Description, ID, Status }) => [Description.Hostname, ID, Status.Addr]);
    expect(told).toEqual(seen);
    const [first] = outputs.workers;
    expect(outputs.demoUrls).toEqual([`http://${first.address}:8080`]);
  });

  test("shows nodes, services, quorum and no drift in `npm run swarm -- status`", async () => {
    const { stdout, code } = await shared.workspace.swarm("status");
    expect(code).toBe(0);
    for (const { ID, Description, Status } of await shared.witness.nodes()) {
      const row = stdout.split("\n").find((line) => line.includes(Description.Hostname));
      expect(row).toContain(ID);
      expect(row).toContain(Status.Addr);
      expect(row).toMatch(/ready.*active/i);
    }
    expect(stdout).toMatch(/demo_web.*4\/4/);
    expect(stdout).toMatch(/demo_gateway.*5\/5/);
    expect(stdout).toMatch(/3 managers, 1 may fail/);
  });
}

/** Runs that have nothing to do. */
export function nothingToDo(shared: Shared): void {
  test("`preview` plans no change", async () => {
    expect(await shared.workspace.preview("--expect-no-changes")).toEqual({});
  }, 60_000);

  test("a second `up` changes nothing", async () => {
    expect((await shared.workspace.up("--expect-no-changes")).changes).toEqual({});
  }, 60_000);

  test("`refresh` finds no change", async () => {
    expect((await shared.workspace.refresh("--expect-no-changes")).changes).toEqual({});
  }, 60_000);
}
