import type { SwarmStackInputs } from "../../schema/stack";
import { definitionOf } from "../../swarm/stacks/definition";
import { describeChanges } from "../../swarm/stacks/definition-changes";
import type { Compose } from "../../swarm/stacks/stack-deploy";

const INPUTS = {
  clusterId: "c1",
  name: "shop",
  composeFiles: [{ name: "shop.yml", content: "services: {}" }],
  environment: { DB: "hunter2", TAG: "1.4" },
  configs: { site: "site-3f2a" },
  networks: { back: "shop-back" },
} as unknown as SwarmStackInputs;

const MERGED: Compose = {
  services: {
    web: {
      image: "shop:1.4",
      command: ["serve", "--greeting", "hello there"],
      environment: { LEVEL: "info", URL: "db://app:hunter2@db", API_TOKEN: "abc", FROM_FILE: "in a file" },
      ports: [
        { mode: "ingress", target: 80, published: 8080, protocol: "tcp" },
        { mode: "host", target: 53, published: 53, protocol: "udp" },
      ],
      volumes: [{ type: "volume", source: "data", target: "/data" }],
      networks: { back: { aliases: ["w"] }, default: null },
      configs: [{ source: "site", target: "/etc/site" }],
      secrets: [{ source: "tls", mode: 256 }],
      deploy: { replicas: 2, placement: { constraints: ["node.role==worker"] } },
    },
    migrate: { image: "shop:1.4", deploy: { mode: "global-job" } },
  },
  networks: { back: null },
  configs: { site: { file: "/x" } },
  secrets: { tls: { file: "/tmp/x/pulumi-swarm-0-12" } },
};
const PREPARED = {
  composeFiles: [],
  others: [{ name: "pulumi-swarm-0-5", content: "FROM_FILE=in a file\n" }],
  contents: new Map([["pulumi-swarm-0-12", Buffer.from("a key")]]),
};

const definition = (merged = MERGED, inputs = INPUTS) =>
  definitionOf(merged, PREPARED, inputs, new Set(["hunter2"]));

test("a service is what a person reads, by its Docker names", () => {
  const secret = expect.stringMatching(/^\[secret [0-9a-f]{8}\]$/) as string;
  expect(definition()).toEqual({
    services: {
      web: {
        image: "shop:1.4",
        replicas: 2,
        command: 'serve --greeting "hello there"',
        environment: { LEVEL: "info", URL: secret, API_TOKEN: secret, FROM_FILE: secret },
        ports: ["8080->80/tcp", "53->53/udp (host)"],
        mounts: { "/data": "volume data" },
        networks: ["back (as w)", "default"],
        configs: { "/etc/site": "site: site-3f2a" },
        secrets: {
          "/run/secrets/tls": expect.stringMatching(/^tls: \[secret \w{8}\], mode 0400$/) as string,
        },
        placement: { constraints: ["node.role==worker"] },
      },
      migrate: { image: "shop:1.4", mode: "global-job" },
    },
    networks: { back: { external: true, name: "shop-back" } },
    configs: { site: "site-3f2a" },
    secrets: { tls: secret },
  });
});

test("nothing in it is secret, and a fingerprint is another one for another stack", () => {
  const text = JSON.stringify(definition());
  expect(text).not.toMatch(/hunter2|in a file|a key|"abc"/);
  expect(definition(MERGED, { ...INPUTS, name: "other" }).secrets).not.toEqual(definition().secrets);
});

test("options of drivers and labels of objects may hold a password as well", () => {
  const { volumes, networks, configs } = definition({
    ...MERGED,
    volumes: { share: { driver_opts: { type: "cifs", o: "username=app,password=hunter2" } } },
    networks: { front: { driver_opts: { key: "hunter2" } } },
    secrets: { tls: { file: "/tmp/x/pulumi-swarm-0-12", labels: { of: "hunter2" } } },
  } as Compose);
  const secret = expect.stringMatching(/^\[secret \w{8}\]$/) as string;
  expect(volumes).toEqual({ share: { driver_opts: { type: "cifs", o: secret } } });
  expect(networks).toEqual({ front: { driver_opts: { key: secret } } });
  expect(configs).toEqual({ site: "site-3f2a" });
  const all = JSON.stringify(
    definition({
      ...MERGED,
      secrets: { tls: { file: "/tmp/x/pulumi-swarm-0-12", labels: { of: "hunter2" } } },
    } as Compose),
  );
  expect(all).not.toContain("hunter2");
});

test("everything is hidden of a compose file that is secret itself, but what it is called", () => {
  const hidden = definitionOf(MERGED, PREPARED, INPUTS, new Set(["services: {}"])).services.web;
  expect(hidden).toMatchObject({
    image: "shop:1.4",
    command: expect.stringMatching(/^\[secret/) as string,
    environment: { LEVEL: expect.stringMatching(/^\[secret/) as string },
  });
});

test("an image that was loaded again under its tag is another one", () => {
  const loaded = (fingerprint: string) =>
    definition(MERGED, { ...INPUTS, imageFingerprints: { "shop:1.4": fingerprint } });
  expect(describeChanges(loaded("aaaaaaaaaa"), loaded("bbbbbbbbbb"))).toEqual([
    "web: image shop:1.4 (loaded aaaaaaaa) → shop:1.4 (loaded bbbbbbbb)",
    "migrate: image shop:1.4 (loaded aaaaaaaa) → shop:1.4 (loaded bbbbbbbb)",
  ]);
});

test("a change is one line for each part", () => {
  const { web } = MERGED.services ?? {};
  const after = definition({
    ...MERGED,
    services: {
      web: {
        ...web,
        image: "shop:1.5",
        environment: { LEVEL: "debug", URL: "db://app:hunter2@db", FROM_FILE: "in a file" },
        ports: [{ mode: "ingress", target: 80, published: 8081, protocol: "tcp" }],
      },
      cache: { image: "redis:7" },
    },
    networks: { back: null, front: { attachable: true } },
  });
  expect(describeChanges(definition(), after)).toEqual([
    expect.stringMatching(
      /^web: image shop:1\.4 → shop:1\.5; environment LEVEL info → debug; environment API_TOKEN - \[secret \w+\]; ports - 8080->80\/tcp, - 53->53\/udp \(host\), \+ 8081->80\/tcp$/,
    ),
    "migrate: removed",
    "cache: new, redis:7",
    "network front: new",
  ]);
  expect(describeChanges(after, after)).toEqual([]);
});
