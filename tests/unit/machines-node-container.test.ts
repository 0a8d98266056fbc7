import { nodeContainer, specDigest } from "../../machines/local/node-container";

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
  expect(NetworkingConfig.EndpointsConfig).toEqual({
    dev: { IPAMConfig: { IPv4Address: "172.18.0.17" }, MacAddress },
  });
  // Newer engines refuse the container's address unless its mode is the endpoint's network.
  expect(HostConfig.NetworkMode).toBe("dev");
});

test("it has neither the rights to the host's modules, clock, power and raw I/O, nor its devices", () => {
  const { HostConfig } = nodeContainer(inputs, "dev-app-1", { address: "172.18.0.17" });
  expect(HostConfig.CapDrop).toEqual(
    expect.arrayContaining(["SYS_MODULE", "SYS_RAWIO", "SYS_TIME", "SYS_BOOT", "SYS_RESOURCE"]),
  );
  for (const right of ["Privileged", "Devices", "DeviceCgroupRules"])
    expect(HostConfig).not.toHaveProperty(right);
});

test("one that the last release made is adopted, with the rights that it has", () => {
  // As 0.1.0 labelled it.
  expect(specDigest(inputs)).toBe("45b83cf62648851f");
});
