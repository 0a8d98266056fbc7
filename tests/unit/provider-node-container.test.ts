import { nodeContainer } from "../../provider/node-container";

const inputs = {
  name: "dev-app-1",
  hostname: "app-1",
  owner: { project: "p", stack: "s", cluster: "dev" },
  network: "dev",
  image: "pulumi-swarm-node:dev",
  running: true,
};

test("its hardware address follows from its address, for engines before and since API 1.44", () => {
  const { MacAddress, HostConfig, NetworkingConfig } = nodeContainer(inputs, "dev-app-1", {
    address: "172.18.0.17",
  });
  expect(MacAddress).toBe("02:42:ac:12:00:11");
  expect(NetworkingConfig?.EndpointsConfig).toEqual({
    dev: { IPAMConfig: { IPv4Address: "172.18.0.17" }, MacAddress },
  });
  // Newer engines refuse the container's address unless its mode is the endpoint's network.
  expect(HostConfig?.NetworkMode).toBe("dev");
});
