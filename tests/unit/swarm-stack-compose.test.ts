import { parse } from "yaml";
import type { NetworkInspect } from "../../docker/api/network";
import { composeOf } from "../../swarm/stacks/stack-compose/stack-compose";
import type { ContainerSpec, FullServiceSpec } from "../../swarm/stacks/stack-compose/spec";

const STACK = { "com.docker.stack.namespace": "shop" };
const POOLS = { DefaultAddrPool: null, SubnetSize: 24 };

function network(name: string, more: Partial<NetworkInspect> = {}): NetworkInspect {
  return {
    ...{
      Id: `id-${name}`,
      Name: name,
      Driver: "overlay",
      Scope: "swarm",
      Attachable: false,
      Internal: false,
    },
    ...{
      Ingress: false,
      EnableIPv6: false,
      IPAM: { Config: [{ Subnet: "10.0.1.0/24" }] },
      Options: null,
      Labels: null,
    },
    ...more,
  };
}

const NETWORKS = [
  network("front"),
  network("shop_default", { Labels: STACK }),
  network("shop_back", {
    ...{ Attachable: true, Labels: { ...STACK, a: "b" }, IPAM: { Config: [{ Subnet: "192.168.7.0/24" }] } },
    Options: { "com.docker.network.driver.overlay.vxlanid_list": "4097", encrypted: "true" },
  }),
];

/** As an engine tells of a service that `docker stack deploy` has made. */
function spec(
  name: string,
  container: Partial<ContainerSpec> = {},
  more: Partial<FullServiceSpec> = {},
): FullServiceSpec {
  return {
    Name: `shop_${name}`,
    Labels: { ...STACK, "com.docker.stack.image": "web:1" },
    TaskTemplate: {
      ContainerSpec: {
        ...{ Image: "web:1", Labels: STACK, Isolation: "default" },
        Privileges: { CredentialSpec: null, SELinuxContext: null, NoNewPrivileges: false },
        ...container,
      },
      ...{ Resources: {}, Placement: {}, ForceUpdate: 3, Runtime: "container" },
      Networks: [{ Target: "id-shop_default", Aliases: [name] }],
    },
    ...{ Mode: { Replicated: { Replicas: 1 } }, EndpointSpec: { Mode: "vip" } },
    ...more,
  };
}

function composed(...specs: FullServiceSpec[]) {
  const { content, lacks, uses } = composeOf("shop", specs, NETWORKS, POOLS);
  const compose = parse(content, { version: "1.1" }) as Record<
    string,
    Record<string, Record<string, unknown>>
  >;
  return { compose, content, lacks, uses };
}

const serviceOf = (one: FullServiceSpec) => composed(one).compose.services[one.Name.slice("shop_".length)];

test("a service with nothing special has nothing but its image, network and replicas", () => {
  const { compose, lacks } = composed(spec("web"));
  expect(compose).toEqual({
    services: { web: { image: "web:1", networks: { default: {} }, deploy: { replicas: 1 } } },
    networks: { default: {} },
  });
  expect(lacks).toEqual([]);
});

test("what runs in a container", () => {
  const web = serviceOf(
    spec("web", {
      ...{
        Command: ["/bin/sh"],
        Args: ["-c", "true"],
        Hostname: "web-{{.Task.Slot}}",
        Dir: "/data",
        User: "1:2",
      },
      ...{
        Env: ["EMPTY=", "NAME=a=b", "NONE", "PRICE=5$ each", "YES=yes"],
        Labels: { ...STACK, tier: "front" },
      },
      ...{
        Init: false,
        StopSignal: "SIGINT",
        StopGracePeriod: 0,
        TTY: true,
        OpenStdin: true,
        ReadOnly: true,
      },
      Healthcheck: { Test: ["CMD", "true"], Interval: 90_000_000_000, Timeout: 1_500_000_000, Retries: 4 },
      Hosts: ["192.0.2.7 db"],
      DNSConfig: { Nameservers: ["192.0.2.53"], Search: ["example.org"] },
      Secrets: [
        { File: { Name: "pw", UID: "0", GID: "0", Mode: 0o444 }, SecretID: "s", SecretName: "db-password" },
        { File: { Name: "/pw", UID: "1", GID: "2", Mode: 0o400 }, SecretID: "s", SecretName: "db-password" },
      ],
      Configs: [
        { File: { Name: "c", UID: "0", GID: "0", Mode: 0o444 }, ConfigID: "c", ConfigName: "shop_local" },
      ],
      ...{
        Sysctls: { "net.core.somaxconn": "9" },
        CapabilityAdd: ["CAP_NET_ADMIN"],
        CapabilityDrop: ["CAP_MKNOD"],
      },
      Ulimits: [{ Name: "nofile", Soft: 1, Hard: 2 }],
    }),
  );
  expect(web).toMatchObject({
    ...{
      entrypoint: ["/bin/sh"],
      command: ["-c", "true"],
      hostname: "web-{{.Task.Slot}}",
      working_dir: "/data",
    },
    environment: { EMPTY: "", NAME: "a=b", NONE: null, PRICE: "5$$ each", YES: "yes" },
    ...{
      labels: { tier: "front" },
      user: "1:2",
      init: false,
      stop_signal: "SIGINT",
      stop_grace_period: "0s",
    },
    ...{ tty: true, stdin_open: true, read_only: true, extra_hosts: ["db:192.0.2.7"] },
    healthcheck: { test: ["CMD", "true"], interval: "90s", timeout: "1500ms", retries: 4 },
    ...{ dns: ["192.0.2.53"], dns_search: ["example.org"] },
    secrets: [
      { source: "db-password", target: "pw" },
      { source: "db-password", target: "/pw", uid: "1", gid: "2", mode: 0o400 },
    ],
    configs: [{ source: "shop_local", target: "c" }],
    ...{ sysctls: { "net.core.somaxconn": "9" }, cap_add: ["CAP_NET_ADMIN"], cap_drop: ["CAP_MKNOD"] },
    ulimits: { nofile: { soft: 1, hard: 2 } },
  });
});

test("how it is deployed", () => {
  const { TaskTemplate: task } = spec("web");
  const deployed = serviceOf(
    spec(
      "web",
      {},
      {
        Labels: { ...STACK, "com.docker.stack.image": "web:1", team: "shop", "pulumi-swarm.cluster": "c" },
        TaskTemplate: {
          ...task,
          Resources: {
            Limits: { NanoCPUs: 500_000_000, MemoryBytes: 67_108_864, Pids: 100 },
            Reservations: { GenericResources: [{ DiscreteResourceSpec: { Kind: "GPU", Value: 2 } }] },
          },
          RestartPolicy: {
            Condition: "on-failure",
            Delay: 2_000_000_000,
            MaxAttempts: 0,
            Window: 90_000_000_000,
          },
          Placement: {
            ...{ Constraints: ["node.labels.disk == ssd"], MaxReplicas: 2, Platforms: [{ OS: "linux" }] },
            Preferences: [{ Spread: { SpreadDescriptor: "node.labels.zone" } }],
          },
          LogDriver: { Name: "local", Options: { "max-size": "1m" } },
        },
        Mode: { Global: {} },
        UpdateConfig: {
          Parallelism: 0,
          Delay: 1_000_000_000,
          FailureAction: "rollback",
          MaxFailureRatio: 0.25,
          Order: "start-first",
        },
        EndpointSpec: { Mode: "dnsrr", Ports: [{ Protocol: "udp", TargetPort: 53, PublishMode: "host" }] },
      },
    ),
  );
  expect(deployed).toMatchObject({
    ports: [{ target: 53, protocol: "udp", mode: "host" }],
    logging: { driver: "local", options: { "max-size": "1m" } },
    deploy: {
      ...{ mode: "global", labels: { team: "shop" }, endpoint_mode: "dnsrr" },
      update_config: {
        parallelism: 0,
        delay: "1s",
        failure_action: "rollback",
        max_failure_ratio: 0.25,
        order: "start-first",
      },
      restart_policy: { condition: "on-failure", delay: "2s", max_attempts: 0, window: "90s" },
      resources: {
        limits: { cpus: "0.5", memory: "67108864", pids: 100 },
        reservations: { generic_resources: [{ discrete_resource_spec: { kind: "GPU", value: 2 } }] },
      },
      placement: {
        ...{ constraints: ["node.labels.disk == ssd"], max_replicas_per_node: 2 },
        preferences: [{ spread: "node.labels.zone" }],
      },
    },
  });
  expect(deployed.deploy).not.toHaveProperty("replicas");
});

test.each([
  ["web:1@sha256:ab", "web:1", "web:1"],
  ["web:2@sha256:cd", "web:1", "web:2@sha256:cd"],
  ["web:1@sha256:ab", "web:1@sha256:ab", "web:1@sha256:ab"],
])(
  "an image %s that the last deploy called %s is called %s, so that its digest stays",
  (Image, label, expected) => {
    const one = spec("web", { Image }, { Labels: { ...STACK, "com.docker.stack.image": label } });
    expect(serviceOf(one).image).toBe(expected);
  },
);

test("networks and volumes of the stack are declared as they are, others as external", () => {
  const web = spec("web", {
    Mounts: [
      {
        ...{ Type: "volume", Source: "shop_data", Target: "/data" },
        VolumeOptions: { Labels: { ...STACK, keep: "yes" }, DriverConfig: { Name: "local" }, NoCopy: true },
      },
      { Type: "volume", Source: "other", Target: "/other", VolumeOptions: {} },
      { Type: "volume", Target: "/anonymous" },
      {
        Type: "bind",
        Source: "/etc",
        Target: "/etc",
        ReadOnly: true,
        BindOptions: { Propagation: "rslave" },
      },
      { Type: "tmpfs", Target: "/tmp", TmpfsOptions: { SizeBytes: 1000 } },
    ],
  });
  web.TaskTemplate.Networks = [
    { Target: "id-front", Aliases: ["www", "web"] },
    { Target: "id-shop_back", Aliases: ["web"] },
  ];
  const { compose, lacks, uses } = composed(web);
  expect(compose.services.web).toMatchObject({
    networks: { front: { aliases: ["www"] }, back: {} },
    volumes: [
      { type: "volume", source: "data", target: "/data", volume: { nocopy: true } },
      { type: "volume", source: "other", target: "/other" },
      { type: "volume", target: "/anonymous" },
      { type: "bind", source: "/etc", target: "/etc", read_only: true, bind: { propagation: "rslave" } },
      { type: "tmpfs", target: "/tmp", tmpfs: { size: 1000 } },
    ],
  });
  expect(compose.networks).toEqual({
    front: { external: true, name: "front" },
    back: {
      ...{ attachable: true, driver_opts: { encrypted: "" }, labels: { a: "b" } },
      ipam: { config: [{ subnet: "192.168.7.0/24" }] },
    },
  });
  expect(compose.volumes).toEqual({
    data: { driver: "local", labels: { keep: "yes" } },
    other: { external: true, name: "other" },
  });
  expect(uses.networks).toEqual(["front"]);
  expect(lacks).toEqual([]);
});

test.each<[string, FullServiceSpec, RegExp]>([
  [
    "a field of nobody's",
    spec("web", { Groups: ["audio"] } as object),
    /^web: Groups \["audio"\] has no place/,
  ],
  [
    "privileges",
    spec("web", { Privileges: { NoNewPrivileges: true } }),
    /^web\.Privileges: NoNewPrivileges true has no place/,
  ],
  ["an order of its own", spec("web", { Env: ["B=1", "A=1"] }), /environment variables are in another order/],
  [
    "a variable twice",
    spec("web", { Env: ["A=1", "A=2"] }),
    /environment variables A are set more than once/,
  ],
  [
    "a job",
    spec("web", {}, { Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } } }),
    /each deploy runs it once more/,
  ],
  ["another name", { ...spec("web"), Name: "web" }, /a deploy would name it shop_web/],
  [
    "a tmpfs's mode",
    spec("web", { Mounts: [{ Type: "tmpfs", Target: "/t", TmpfsOptions: { Mode: 0o700 } }] }),
    /Mounts \/t: Mode 448/,
  ],
])("what a file cannot say is told: %s", (_what, one, told) => {
  expect(composed(one).lacks).toEqual([expect.stringMatching(told)]);
});

test("keys and values that YAML 1.1 reads as something else are quoted", () => {
  const { content } = composed(spec("web", { Env: ["A=on", "B=0123", "n=1"] }));
  expect(content).toMatch(/A: "on"\n\s+B: "0123"\n\s+"n": "1"\n/);
});
