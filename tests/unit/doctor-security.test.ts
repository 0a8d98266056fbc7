import type { NetworkInspect } from "../../docker/api/network";
import { claims } from "./fixtures/doctor-claims";
import { DAY, machine, NOW, overlay, service, SOUND, SWARM, withSwarm } from "./fixtures/doctor-facts";

const pools = (DefaultAddrPool: string[] | null, ...overlays: NetworkInspect[]) =>
  withSwarm({ inspect: { ...SWARM.inspect, DefaultAddrPool }, overlays });
const inVpc = [machine("app-1", { routes: [{ device: "eth0", range: "10.1.0.0/16" }] })];

claims("address ranges", [
  [
    "a network over what a node reaches",
    pools(["10.20.0.0/16"], overlay("shop", "172.30.0.0/16")),
    /^fail: overlay network shop 172\.30\.0\.0\/16 overlaps what manager-1 reaches through eth0 172\.30\.0\.0\/24 → .*`subnet`/,
  ],
  [
    "two networks over each other",
    pools(["10.20.0.0/16"], overlay("a", "10.20.1.0/24"), overlay("b", "10.20.0.0/16")),
    /^fail: overlay network a 10\.20\.1\.0\/24 overlaps overlay network b 10\.20\.0\.0\/16 → /,
  ],
  [
    "a pool over what a node reaches",
    pools(["172.16.0.0/12"]),
    /^warn: address pool 172\.16\.0\.0\/12 overlaps what manager-1 reaches .* → .*`addressPools`/,
  ],
  [
    "two pools over each other",
    pools(["10.20.0.0/16", "10.0.0.0/8"]),
    /^warn: address pool .* overlaps address pool/,
  ],
  [
    "the engine's own pool in a VPC",
    { ...pools(null), machines: inVpc },
    /^warn: address pool 10\.0\.0\.0\/8 overlaps/,
  ],
]);

const later = { ...SOUND, now: NOW + 200 * DAY };

claims("join tokens", [
  [
    "never rotated",
    later,
    /^warn: worker token 210 days old \(no rotation since the init is known\), manager .* → .*rotateWorkerToken and swarm\.rotateManagerToken/,
  ],
  [
    "one was rotated",
    { ...later, wanted: { ...SOUND.wanted, tokens: { workerRotatedAt: "2027-06-01T00:00:00Z" } } },
    /^warn: manager token 210 .* → [^W]*swarm\.rotateManagerToken, then/,
  ],
]);

const open = { ...SWARM.inspect.Spec, EncryptionConfig: { AutoLockManagers: false } };

claims("autolock", [
  [
    "off",
    withSwarm({ inspect: { ...SWARM.inspect, Spec: open } }),
    /^warn: off: .* → swarm\.autoLockManagers: true, .* npm run swarm -- unlock$/,
  ],
]);

const options = (Options: Record<string, string> | null) =>
  withSwarm({ overlays: [overlay("shop", "10.20.1.0/24", { Options })] });
const published = service("web", 2, {
  Spec: {
    ...service("web", 2).Spec,
    Mode: { Replicated: { Replicas: 0 } },
    EndpointSpec: { Ports: [{ TargetPort: 80, Protocol: "tcp", PublishMode: "ingress" }] },
  },
});

claims("overlay encryption", [
  ["without options", options(null), /^warn: .* clear text: shop → .*protocol 50/],
  ["no value switches it off: seen, and read in moby", options({ encrypted: "false" }), /^pass: /],
  [
    "the ingress network carries something",
    withSwarm({ services: [published] }),
    /^warn: .* clear text: ingress → /,
  ],
]);
