import { createHash } from "node:crypto";
import type { LocalNodeInputs } from "../../schema/local";
import type { NodeAddress } from "./node-address";
import { diskMounts } from "./node-disks";
import { limitsOf } from "./node-limits";
import { ADDRESS_LABEL, NODE_LABEL, SPEC_LABEL, ownerLabels } from "../../schema/owner";

const DEFAULT_HOST_IP = "127.0.0.1";

/** Where a node finds the folder that it has in common with this machine: node-image/start-engine knows the path, too. */
const SHARED = "/srv/docker-socket";

/** What no engine needs and what would reach the host itself: its limits, modules, ports of I/O, clock, power. */
const DROPPED = ["SYS_RESOURCE", "SYS_MODULE", "SYS_RAWIO", "SYS_TIME", "SYS_BOOT"];

/**
 * The container of a node, with a volume of the same name. An engine inside needs mounts and namespaces, but not
 * `--privileged`: most capabilities, the kernel's trees unmasked, a cgroup tree of its own, and no device beside those
 * that Docker gives to every container. It keeps who deploys from accidents, not from the host: see docs/architecture.md.
 *
 * @param shared - a folder of this machine in which its engine listens as well. @default none
 */
export function nodeContainer(
  inputs: LocalNodeInputs,
  name: string,
  { address, neighbours }: NodeAddress,
  shared?: string,
) {
  const labels = ownerLabels(inputs.owner, { [NODE_LABEL]: inputs.hostname });
  // The engine takes it from the container up to API 1.43, and from the endpoint since: given twice, the network has to
  // be the container's mode as well, or the newer ones refuse it.
  // Source: https://docs.docker.com/reference/api/engine/version-history/ (1.44).
  const mac = hardwareAddress(address);
  return {
    name,
    Hostname: inputs.hostname,
    Image: inputs.image,
    MacAddress: mac,
    Env: neighbours ? [`NEIGHBOURS=${neighbours}`] : [],
    Labels: { ...labels, [ADDRESS_LABEL]: address, [SPEC_LABEL]: specDigest(inputs) },
    ExposedPorts: Object.fromEntries((inputs.ports ?? []).map((port) => [containerPort(port), {}])),
    StopSignal: "SIGTERM",
    HostConfig: {
      CapAdd: ["ALL"],
      CapDrop: DROPPED,
      SecurityOpt: ["seccomp=unconfined", "apparmor=unconfined"],
      // What the docker CLI makes of `--security-opt systempaths=unconfined`.
      MaskedPaths: [],
      ReadonlyPaths: [],
      CgroupnsMode: "private",
      NetworkMode: inputs.network,
      Tmpfs: { "/run": "" },
      ...limitsOf(inputs),
      // Not among the mounts: as one of them a folder that somebody has removed would keep the node from starting again.
      Binds: shared ? [`${shared}:${SHARED}`] : [],
      Mounts: [
        {
          Type: "volume",
          Source: name,
          Target: "/var/lib/docker",
          VolumeOptions: {
            NoCopy: true,
            Labels: { ...labels, [ADDRESS_LABEL]: address },
            DriverConfig: { Name: "local", Options: {} },
          },
        },
        ...diskMounts(inputs),
      ],
      // An engine that cannot start must end with its exit code, and not begin again: the policy comes once it answers.
      RestartPolicy: { Name: "no" },
      PortBindings: Object.fromEntries(
        (inputs.ports ?? []).map((port) => [
          containerPort(port),
          [{ HostIp: port.hostIp ?? DEFAULT_HOST_IP, HostPort: String(port.published) }],
        ]),
      ),
    },
    NetworkingConfig: {
      EndpointsConfig: { [inputs.network]: { IPAMConfig: { IPv4Address: address }, MacAddress: mac } },
    },
  };
}

/** What Docker itself gave containers up to version 27; later ones make it up, so it is said. */
function hardwareAddress(address: string): string {
  const bytes = address.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
  return ["02", "42", ...bytes].join(":");
}

/**
 * Tells containers of equal inputs from others: an interrupted run's container is adopted only when it is equal. Rights are
 * no part of it: a container of an earlier version keeps those that it was made with.
 */
export function specDigest(inputs: LocalNodeInputs): string {
  const { name, hostname, image, ports, volumes = [] } = inputs;
  return createHash("sha256")
    .update(JSON.stringify([name, hostname, image, ports, ...volumes]))
    .digest("hex")
    .slice(0, 16);
}

function containerPort(port: { target: number; protocol?: string }): string {
  return `${port.target}/${port.protocol ?? "tcp"}`;
}
