import { randomBytes } from "node:crypto";
import { waitFor } from "../../foundation/wait";
import { NOTHING, leftovers, removeLeftovers } from "../e2e/harness/leftovers";
import { docker, tryDocker } from "../e2e/harness/docker";
import { output } from "../e2e/harness/run";
import { ProviderProcess } from "./provider-process";

const cluster = `rpc-${randomBytes(3).toString("hex")}`;
const owner = { project: "pulumi-swarm", stack: "test", cluster };
const image = `pulumi-swarm-late-engine:${cluster}`;
const node = `${cluster}-manager-1`;

/** An engine that starts only when it is told to. */
const LATE_ENGINE = `FROM pulumi-swarm-node:${cluster}
ENTRYPOINT ["/bin/sh", "-c", "until [ -e /go ]; do sleep 0.2; done; exec /bin/sh /usr/local/sbin/start-engine"]
`;

jest.setTimeout(300_000);

const providers: ProviderProcess[] = [];

async function startProvider(): Promise<ProviderProcess> {
  const provider = await ProviderProcess.start();
  providers.push(provider);
  return provider;
}

afterAll(async () => {
  await Promise.all(providers.map((provider) => provider.stop()));
  await removeLeftovers(cluster);
});

test("cancelling ends a long wait within 5 s and leaves what the next run finishes", async () => {
  const provider = await startProvider();
  const network = await provider.create("LocalNetwork", { name: cluster, owner });
  const base = await provider.create("NodeImage", { name: `pulumi-swarm-node:${cluster}`, owner });
  await output("docker", ["build", "--quiet", "--tag", image, "-"], { input: LATE_ENGINE });
  const inputs = {
    name: node,
    hostname: "manager-1",
    owner,
    network: network.properties.networkId,
    image: await docker("image", "inspect", "--format", "{{.Id}}", image),
    running: true,
  };

  const creating = provider.create("LocalNode", inputs).catch((error: Error) => error);
  await containerRuns();
  const cancelled = Date.now();
  await provider.cancel();
  const error = await creating;
  expect(Date.now() - cancelled).toBeLessThan(5_000);
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).toMatch(/cancelled/);
  await provider.stop();

  const id = await docker("inspect", "--format", "{{.Id}}", node);
  await docker("exec", node, "touch", "/go");
  const next = await startProvider();
  const created = await next.create("LocalNode", inputs);
  expect(created.properties.containerId).toBe(id);
  expect(await docker("exec", node, "docker", "version", "--format", "{{.Server.Os}}")).toBe("linux");

  await next.delete("LocalNode", created);
  await next.delete("NodeImage", base);
  await next.delete("LocalNetwork", network);
  await docker("image", "rm", "--force", image);
  expect(await leftovers(cluster)).toEqual(NOTHING);
});

function containerRuns(): Promise<boolean> {
  return waitFor<boolean>(
    { name: "its container runs", on: node, intervalMs: 100, timeoutMs: 60_000 },
    async () => {
      const { stdout } = await tryDocker("inspect", "--format", "{{.State.Running}}", node);
      return stdout.trim() === "true" ? { done: true } : { pending: "no" };
    },
  );
}
