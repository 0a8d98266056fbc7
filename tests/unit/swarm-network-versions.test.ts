import type { NetworkInspect } from "../../docker/api/network";
import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import { STACK_LABEL } from "../../docker/services";
import { CLUSTER_LABEL } from "../../schema/owner";
import { settingsOfCompose, type ComposeNetwork } from "../../swarm/objects/network-settings";
import { leftBehind } from "../../swarm/objects/network-leaving";
import { refuseSameSubnet, versionFor } from "../../swarm/objects/network-version";
import { deploymentsOf } from "../../swarm/stacks/deployments";
import { inBothNetworks, withVersions } from "../../swarm/stacks/network-moves";
import { usesOf } from "../../swarm/stacks/network-names";
import { networkVersions, type NetworksNow } from "../../swarm/stacks/network-versions";
import type { Compose } from "../../swarm/stacks/stack-deploy";
import { preparedFiles } from "../../swarm/stacks/stack-files";

const VXLAN = "com.docker.network.driver.overlay.vxlanid_list";
const OURS = { [STACK_LABEL]: "shop", [CLUSTER_LABEL]: "c" };

/** As a manager tells of it: what it was made with, and what the manager fills in. */
function network(
  name: string,
  made: ComposeNetwork = {},
  labels: Record<string, string> = OURS,
): NetworkInspect {
  const { driver, options, attachable, internal, ipamDriver, ranges } = settingsOfCompose(made);
  return {
    ...{ Id: `id-${name}`, Name: name, Driver: driver, Scope: "swarm", Ingress: false, EnableIPv6: false },
    ...{ Attachable: attachable, Internal: internal, Options: { ...options, [VXLAN]: "4097" } },
    IPAM: {
      Driver: ipamDriver,
      Config: [{ Subnet: ranges[0]?.subnet ?? "10.0.1.0/24", Gateway: "10.0.1.1" }],
    },
    Labels: { ...made.labels, ...labels },
  };
}

/** The version that a release of today makes. */
function made(base: string, settings: ComposeNetwork, versions: NetworkInspect[] = []): NetworkInspect {
  const { name, labels } = versionFor(base, settingsOfCompose(settings), versions);
  return network(name, settings, { ...OURS, ...labels });
}

const version = (settings: ComposeNetwork, ...versions: NetworkInspect[]) =>
  versionFor("shop_default", settingsOfCompose(settings), versions);

const service = (name: string, networks: NetworkInspect[], mode: object = { Replicated: { Replicas: 1 } }) =>
  ({
    ID: `id-${name}`,
    Spec: {
      ...{ Name: `shop_${name}`, Mode: mode },
      TaskTemplate: { Networks: networks.map(({ Id }) => ({ Target: Id })) },
    },
  }) as unknown as Service;

const task = (of: string, networks: NetworkInspect[], state = "running") =>
  ({
    ...{ ServiceID: `id-${of}`, DesiredState: "running", Status: { State: state } },
    NetworksAttachments: networks.map(({ Id }) => ({ Network: { ID: Id } })),
  }) as unknown as Task;

const COMPOSE: Compose = { services: { web: {}, db: { networks: { default: { aliases: ["store"] } } } } };
const planned = (settings: ComposeNetwork, now: Partial<NetworksNow>, compose: Compose = COMPOSE) =>
  networkVersions(
    { ...compose, networks: { default: settings } },
    { networks: [], services: [], tasks: [], ...now },
    { name: "shop" },
  );

describe("the version of a network", () => {
  const encrypted = { driver_opts: { encrypted: "" } };

  test("the first one has the plain name, later ones a hash behind it, the same for the same settings", () => {
    expect(version({})).toMatchObject({ name: "shop_default", found: undefined });
    const first = made("shop_default", {});
    expect(version({}, first)).toMatchObject({ name: "shop_default", found: first });
    const second = version(encrypted, first);
    expect(second.found).toBeUndefined();
    expect(second.name).toMatch(/^shop_default-[0-9a-f]{10}$/);
    expect(version({ driver_opts: { encrypted: "true" }, driver: "overlay" }, first).name).toBe(second.name);
    expect(version({ attachable: true }, first).name).not.toBe(second.name);
  });

  test("settings that came back are the version of before, as long as it is there", () => {
    const first = made("shop_default", {});
    const second = made("shop_default", encrypted, [first]);
    expect(version({}, second, first).found).toBe(first);
    expect(version(encrypted, second, first).found).toBe(second);
    expect(version({}, second).name).toMatch(/^shop_default-/);
  });

  test.each<[what: string, there: ComposeNetwork, wanted: ComposeNetwork]>([
    ["nothing", {}, {}],
    [
      "the engine's defaults",
      {},
      { driver: "overlay", attachable: false, internal: false, ipam: { driver: "default" } },
    ],
    ["options", { driver_opts: { a: "1", b: "2" } }, { driver_opts: { b: 2, a: "1" } }],
    ["the flag with a value", { driver_opts: { encrypted: "" } }, { driver_opts: { encrypted: "true" } }],
    [
      "a subnet",
      { ipam: { config: [{ subnet: "10.9.0.0/24" }] } },
      { ipam: { config: [{ subnet: "10.9.0.0/24" }] } },
    ],
    [
      "a subnet with bits of a host",
      { ipam: { config: [{ subnet: "10.9.0.0/24" }] } },
      { ipam: { config: [{ subnet: "10.9.0.7/24" }] } },
    ],
    ["the subnet that it was given", {}, { ipam: { config: [{ subnet: "10.0.1.0/24" }] } }],
    ["a subnet that was let go", { ipam: { config: [{ subnet: "10.9.0.0/24" }] } }, {}],
  ])("a network of a former release, and one of today, stays as it is: %s", (_what, there, wanted) => {
    for (const found of [network("shop_default", there), made("shop_default", there)])
      expect(version(wanted, found).found).toBe(found);
  });

  test.each<[what: string, there: ComposeNetwork, wanted: ComposeNetwork]>([
    ["encrypted", {}, { driver_opts: { encrypted: "" } }],
    ["encrypted no more", { driver_opts: { encrypted: "" } }, {}],
    ["attachable", {}, { attachable: true }],
    ["internal no more", { internal: true }, {}],
    ["an option", { driver_opts: { mtu: "1400" } }, { driver_opts: { mtu: "1300" } }],
    ["an option no more", { driver_opts: { mtu: "1400" } }, {}],
    ["another subnet", {}, { ipam: { config: [{ subnet: "10.9.0.0/24" }] } }],
    ["another driver", {}, { driver: "weaveworks/net-plugin:2.8.1" }],
  ])("a network of a former release, and one of today, gets a new version: %s", (_what, there, wanted) => {
    for (const found of [network("shop_default", there), made("shop_default", there)])
      expect(version(wanted, found)).toMatchObject({
        found: undefined,
        name: expect.stringMatching(/-/) as string,
      });
  });

  test("labels count between versions that wrote them down, and not of a former release's, where they never took effect", () => {
    const labels = { labels: { side: "front" } };
    expect(version(labels, network("shop_default")).found).toBeDefined();
    expect(version({}, network("shop_default", labels)).found).toBeDefined();
    expect(version(labels, made("shop_default", {})).found).toBeUndefined();
    expect(version({}, made("shop_default", labels)).found).toBeUndefined();
    expect(version(labels, made("shop_default", labels)).found).toBeDefined();
  });

  test("one that somebody has made by hand may have options beyond what the files say, but is no more encrypted than they say", () => {
    const byHand = (settings: ComposeNetwork) => network("shop_default", settings, { [STACK_LABEL]: "shop" });
    expect(version({}, byHand({ driver_opts: { mtu: "1400" } })).found).toBeDefined();
    expect(version({}, byHand(encrypted)).found).toBeUndefined();
  });
});

describe("where the services are", () => {
  const old = made("shop_default", {});
  const next = made("shop_default", { attachable: true }, [old]);
  const wanted = { attachable: true };

  test("those of a network that changes get both", () => {
    const services = [service("web", [old]), service("db", [old])];
    const [planning] = planned(wanted, { networks: [old], services, tasks: [task("web", [old])] });
    expect(planning).toMatchObject({
      key: "default",
      name: next.Name,
      isNew: true,
      left: [old],
      isMoving: true,
    });
    expect(planning.changed).toEqual(["attachable"]);
  });

  test.each<[what: string, isMoving: boolean, services: Service[], tasks: Task[]]>([
    ["a service is in the former one alone", true, [service("web", [old, next]), service("db", [old])], []],
    [
      "all are in both, and a task is in the former one alone",
      true,
      [service("web", [old, next]), service("db", [old, next])],
      [task("web", [old, next]), task("web", [old])],
    ],
    [
      "all are in both",
      false,
      [service("web", [old, next]), service("db", [old, next])],
      [task("web", [old, next]), task("web", [old], "shutdown")],
    ],
    [
      "some have left it already",
      false,
      [service("web", [next]), service("db", [old, next])],
      [task("web", [next])],
    ],
    [
      "only a job is in it",
      false,
      [service("web", [next]), service("job", [old], { ReplicatedJob: {} })],
      [],
    ],
  ])("an update that was interrupted goes on where it was: %s", (_what, isMoving, services, tasks) => {
    const [planning] = planned(wanted, { networks: [old, next], services, tasks });
    expect(planning).toMatchObject({ name: next.Name, isNew: false, left: [old], isMoving });
  });

  test("a version that nobody is in is no reason to move", () => {
    const services = [service("web", [next])];
    const [planning] = planned(wanted, { networks: [old, next], services, tasks: [task("web", [next])] });
    expect(planning).toMatchObject({ name: next.Name, left: [], isMoving: false });
  });

  test("networks of other stacks, external ones and such as no service is in are nobody's business", () => {
    const theirs = { ...network("shop_default"), Labels: { [STACK_LABEL]: "other" } };
    expect(planned(wanted, { networks: [theirs] })[0]).toMatchObject({ isNew: true, left: [] });
    const compose: Compose = {
      services: { web: { networks: ["out"] } },
      networks: { out: { external: true, name: "out" }, idle: {} },
    };
    expect(networkVersions(compose, { networks: [], services: [], tasks: [] }, { name: "shop" })).toEqual([]);
  });

  test("a network of the program has the name that it was given; the services leave its other version", () => {
    const [shared, second] = [
      made("shared", {}),
      made("shared", { attachable: true }, [made("shared", {})]),
    ].map(({ Labels, ...found }) => ({ ...found, Labels: { ...Labels, [STACK_LABEL]: "" } }));
    const compose: Compose = {
      services: { web: { networks: ["front"] } },
      networks: { front: { external: true } },
    };
    const now = { networks: [shared, second], services: [service("web", [shared])], tasks: [] };
    const [planning] = networkVersions(compose, now, { name: "shop", networks: { front: second.Name } });
    expect(planning).toMatchObject({
      key: "front",
      name: second.Name,
      left: [shared],
      isMoving: true,
      labels: {},
    });
    const { wanted, both } = inBothNetworks(withVersions(compose, [planning], "shop"), [planning]);
    const deployments = deploymentsOf(wanted, {}, both);
    // Other stacks may be in it: it is left when it is removed.
    expect(deployments.map(({ compose: { services } }) => services?.web.networks)).toEqual([
      { front: null, "front.former.0": null },
    ]);
    expect(leftBehind(now.networks, [second.Name])).toEqual(new Set([shared.Id]));
    expect(leftBehind(now.networks, [shared.Name])).toEqual(new Set([second.Id]));
    expect(leftBehind([network("shared"), second], [second.Name])).toEqual(new Set());
  });
});

test("each service is in both networks by the same names, but for jobs, which run once", () => {
  const old = made("shop_default", {});
  const compose: Compose = {
    services: {
      ...COMPOSE.services,
      migrate: { deploy: { mode: "replicated-job" } },
      apart: { networks: { own: null } },
    },
    networks: { default: { attachable: true, labels: { a: "b" } }, own: {} },
  };
  const services = [service("web", [old]), service("db", [old])];
  const versions = networkVersions(compose, { networks: [old], services, tasks: [] }, { name: "shop" });
  const { wanted, both } = inBothNetworks(withVersions(compose, versions, "shop"), versions);
  const [first, last] = deploymentsOf(wanted, {}, both);
  expect(first.compose.services).toEqual({
    web: { networks: { default: null, "default.former.0": null } },
    db: { networks: { default: { aliases: ["store"] }, "default.former.0": { aliases: ["store"] } } },
    apart: { networks: { own: null } },
  });
  const { name } = versions[0];
  expect(first.compose.networks).toMatchObject({
    default: { name, attachable: true, labels: { a: "b", "pulumi-swarm.name": "shop_default" } },
    "default.former.0": { external: true, name: "shop_default" },
    own: { labels: { "pulumi-swarm.name": "shop_own" } },
  });
  expect(last.compose.services).toEqual(compose.services);
  expect(last.compose.networks).not.toHaveProperty(["default.former.0"]);
});

test.each([
  ["3.0", "3.0", "3.5"],
  ["3.12", "3.12", "3.12"],
  [undefined, undefined, undefined],
])(
  "a file of version %s has one that knows names of networks once it needs them",
  (version, plain, named) => {
    const versionOf = (...networks: NetworkInspect[]) => {
      const compose: Compose = { ...COMPOSE, version, networks: { default: { attachable: true } } };
      const services = [service("web", networks)];
      const versions = networkVersions(compose, { networks, services, tasks: [] }, { name: "shop" });
      const { wanted, both } = inBothNetworks(withVersions(compose, versions, "shop"), versions);
      return [wanted.version, both?.version];
    };
    expect(versionOf()).toEqual([plain, undefined]);
    expect(versionOf(made("shop_default", {}))).toEqual([named, named]);
  },
);

test("stages come in their order in the first step, each job in its own and then no more", () => {
  const [db, migrate, web] = [{ image: "db" }, { deploy: { mode: "replicated-job" } }, { image: "web" }];
  const services = { web, db, migrate };
  const deployments = deploymentsOf({ services }, { stages: [["db"], ["migrate"]] }, { services });
  expect(deployments.map(({ compose }) => Object.keys(compose.services ?? {}))).toEqual([
    ["db"],
    ["migrate"],
    ["web"],
    ["web", "db"],
  ]);
});

describe("a subnet of its own", () => {
  const ipam = { config: [{ subnet: "10.9.0.0/24" }] };
  const old = made("shop_front", { ipam });
  const refused =
    (wanted: ComposeNetwork, ...others: NetworkInspect[]) =>
    () =>
      refuseSameSubnet('network "front"', settingsOfCompose(wanted), old, [old, ...others]);

  test("cannot be that of the version before, nor of another network", () => {
    expect(refused({ ipam, attachable: true })).toThrow(
      /^The network "front" changes \(attachable\).* 10\.9\.0\.0\/24 is that of shop_front\. Nothing was changed\. Give it another subnet/,
    );
    const wider = { config: [{ subnet: "10.8.0.0/15" }] };
    expect(refused({ ipam: wider })).toThrow(/10\.8\.0\.0\/15 is that of shop_front/);
    const other = network("other", { ipam: { config: [{ subnet: "10.10.0.0/24" }] } });
    expect(refused({ ipam: { config: [{ subnet: "10.10.0.0/25" }] } }, other)).toThrow(/is that of other/);
  });

  test("may be another one, or none", () => {
    expect(refused({ ipam: { config: [{ subnet: "10.9.1.0/24" }] } })).not.toThrow();
    expect(refused({ attachable: true })).not.toThrow();
  });
});

test("uses of the full name of a network are found in the files, in configs and in what variables fill in", () => {
  const content = `
services:
  proxy:
    image: proxy
    environment:
      - UPSTREAM=http://web.shop_default:80
    deploy:
      labels: { traefik.docker.network: shop_default }
  other:
    image: shop_default:1
    networks: { default: null }
    volumes: ["/srv/shop_default:/srv"]
    environment: { A: my-shop_default, B: "\${NET}" }
networks:
  default: { name: shop_default }
configs:
  site: { content: "proxy_pass http://web.shop_default;" }
  front: { content: "upstream = '\${NET}'" }
`;
  const files = [{ name: "shop.yml", content }];
  const prepared = preparedFiles({ composeFiles: files, environment: { NET: "shop_default" } });
  const [second, first] = prepared.contents.keys();
  const merged: Compose = {
    services: {
      proxy: { environment: { UPSTREAM: "http://web.shop_default:80" } },
      other: { environment: { A: "my-shop_default", B: "shop_default" } },
    },
    configs: { site: { file: `/tmp/${first}` }, front: { file: `/tmp/${second}` } },
  };
  expect(usesOf("shop_default", files, merged, prepared)).toEqual([
    "shop.yml:6 services.proxy.environment",
    "shop.yml:8 services.proxy.deploy.labels.traefik.docker.network",
    "shop.yml:17 configs.site.content",
    "services.other.environment.B",
    "what the config front holds",
  ]);
  expect(usesOf("shop_other", files, merged, prepared)).toEqual([]);
});
