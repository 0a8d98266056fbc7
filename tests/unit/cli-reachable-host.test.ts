import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { reachableHost } from "../../cli/reachable-host";
import type { RecordedCluster } from "../../schema/cluster-record";
import { onManager } from "../../swarm/managers";
import { Session } from "../../foundation/session";

jest.mock("../../swarm/managers");

const folder = mkdtempSync(path.join(tmpdir(), "reachable-"));
const servers: Server[] = [];
beforeAll(() => void (process.env.PULUMI_SWARM_SOCKETS = folder));
afterAll(() => {
  delete process.env.PULUMI_SWARM_SOCKETS;
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

const waiting = { signal: new AbortController().signal, session: new Session(), progress: () => undefined };
const at = (name: string) => `unix://${folder}/${name}.sock`;

/** An engine that answers so when it is asked for its swarm. */
async function engine(name: string, status: number): Promise<void> {
  const server = createServer(({ url }, response) =>
    response.writeHead(url === "/swarm" ? status : 404).end("{}"),
  );
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(`${folder}/${name}.sock`, resolve));
}

function cluster(hosts: (string | undefined)[]): RecordedCluster {
  const names = hosts.map((_, index) => `manager-${index + 1}`);
  return {
    cluster: "dev",
    owner: { project: "p", stack: "s", cluster: "dev", id: "0123456789abcdef" },
    clusterId: "c",
    stacks: {},
    managers: names.map((name) => ({ name, connection: { container: name } })),
    nodes: names.map((name, index) => ({
      ...{ name, role: "manager", availability: "active", labels: {}, address: "", dockerHost: hosts[index] },
      connection: { container: name },
    })),
  };
}

test("a manager whose socket answers for the swarm, not one that is dead or has no leader", async () => {
  await engine("leaderless", 503);
  await engine("good", 200);
  expect(await reachableHost(cluster([at("dead"), at("leaderless"), at("good")]), waiting)).toBe(at("good"));
});

test("a proxy that runs, where no manager has a socket", async () => {
  mkdirSync(`${folder}/0123456789ab/proxy`, { recursive: true });
  await engine("0123456789ab/proxy/docker", 200);
  expect(await reachableHost(cluster([undefined]), waiting)).toBe(at("0123456789ab/proxy/docker"));
  servers.pop()?.close();
});

test("the address of a manager that answers its own transport", async () => {
  jest.mocked(onManager).mockResolvedValue("manager-2");
  expect(await reachableHost(cluster(["ssh://root@a", "ssh://root@b"]), waiting)).toBe("ssh://root@b");
});

test("where no other tool reaches them the proxy is named", async () => {
  jest.mocked(onManager).mockResolvedValue("manager-1");
  await expect(reachableHost(cluster([at("dead"), undefined]), waiting)).rejects.toThrow(
    /^The managers of cluster dev run, and no other tool .* npm run swarm -- proxy$/,
  );
});

test("where no manager answers at all, that is what is said", async () => {
  jest.mocked(onManager).mockRejectedValue(new Error("None of the 1 managers could answer"));
  await expect(reachableHost(cluster([at("dead")]), waiting)).rejects.toThrow("None of the 1 managers");
});
