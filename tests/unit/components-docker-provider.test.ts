import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { dockerProviderOf } from "../../components/docker-provider";
import { LocalPlatform, SwarmCluster } from "../../library";

// The engine that would run the nodes is not asked: these tests need none.
jest.mock("../../platforms/local/outer-engine-check", () => ({
  checkOuterEngine: () => Promise.resolve([]),
}));

const registered: { type: string; name: string; inputs: Record<string, unknown>; provider?: string }[] = [];

beforeEach(() => {
  registered.length = 0;
  void pulumi.runtime.setMocks(
    {
      call: ({ inputs }) => inputs as object,
      newResource({ type, name, inputs, provider }) {
        registered.push({ type, name, inputs: inputs as Record<string, unknown>, provider });
        const made = {
          ...{ identity: "i", networkId: "n", imageId: "i", containerId: "c", container: name },
          ...{ address: "172.30.0.2", clusterId: "c", nodeId: "n", managerToken: "m", workerToken: "w" },
          ...(name === "dev-manager-1" ? { socket: "/run/user/0/manager-1.sock" } : {}),
        };
        return { id: `id-of-${name}`, state: { ...(inputs as object), ...made } };
      },
    },
    "project",
    "test",
  );
});
afterEach(() => pulumi.runtime.disconnect());

test("a provider of @pulumi/docker talks to a manager of the cluster", async () => {
  const cluster = new SwarmCluster("dev", { platform: new LocalPlatform(), managers: { count: 1 } });
  const provider = cluster.dockerProvider({ sshOpts: ["-o", "ConnectTimeout=5"] });
  const volume = new docker.Volume("cache", { name: "cache" }, { provider });
  await new Promise((resolve) => volume.id.apply(resolve));
  const made = registered.find(({ type }) => type === "pulumi:providers:docker");
  expect(made?.name).toBe("dev-docker");
  expect(made?.inputs).toEqual({
    host: "unix:///run/user/0/manager-1.sock",
    sshOpts: '["-o","ConnectTimeout=5"]',
  });
  expect(registered.find(({ name }) => name === "cache")?.provider).toMatch(
    /::dev-docker::id-of-dev-docker$/,
  );
});

test("without the package it says what to install", () => {
  jest.isolateModules(() => {
    jest.doMock("@pulumi/docker", () => {
      throw Object.assign(new Error("Cannot find module '@pulumi/docker'"), { code: "MODULE_NOT_FOUND" });
    });
    expect(() => dockerProviderOf("d", pulumi.output("unix:///x"), {}, {})).toThrow(
      "dockerProvider() hands out a provider of @pulumi/docker ^5.0.0, which is not installed. " +
        "Nothing was created or changed. Install it: npm install @pulumi/docker@5.2.0",
    );
  });
});
