import type { ComposeFile } from "../schema/stack";
import { interpolate } from "./compose-interpolate";
import type { ComposeNode } from "./compose-node";
import { readCompose } from "./compose-read";
import { sharedFiles } from "./compose-shared-files";
import type { Problem } from "./problem";

/**
 * What Docker's stacks take of a service and then leave out, and what does it in a swarm. Source: docker/cli,
 * cli/compose/types/types.go (UnsupportedProperties, DeprecatedProperties), and `depends_on` and `tmpfs`, which are dropped
 * without a word. `restart` is one of these to Docker, and counts all the same.
 */
const IGNORED: Readonly<Record<string, string>> = {
  build: "Build the image before, and let the nodes have it.",
  cgroup_parent: "",
  cgroupns_mode: "",
  container_name: "A service's tasks have names of their own; the service is found by its name.",
  depends_on:
    "All services start at once, but for the stack's `stages`; a task that ends without what it needs is started again.",
  devices: "Mount the device as a volume, or use `deploy.resources.reservations.generic_resources`.",
  domainname: "Use `hostname`.",
  expose: "Services of one network reach each other at every port.",
  external_links: "Services of one network find each other by their names.",
  ipc: "",
  links: "Services of one network find each other by their names.",
  mac_address: "",
  network_mode: "Use `networks`; the host's is an external network with the name `host`.",
  pid: "",
  privileged: "Use `cap_add`.",
  security_opt: "",
  shm_size: "Mount a tmpfs at /dev/shm.",
  tmpfs: "Use a volume with `type: tmpfs`.",
  userns_mode: "",
};

/** Whether {@link ignoredKeys} tells of a key where it does nothing. */
export function isTold(key: string): boolean {
  return key === "restart" || Object.hasOwn(IGNORED, key);
}

/** What of services a swarm takes no notice of, each with its line. */
export function ignoredKeys(files: readonly ComposeFile[]): Problem[] {
  const services = servicesIn(files);
  const withPolicy = new Set(
    services
      .filter(({ value }) => value.child("deploy")?.child("restart_policy"))
      .map(({ key }) => key.text ?? ""),
  );
  const found = services.flatMap(({ key, value }) => [
    ...value.entries
      .filter((entry) => Object.hasOwn(IGNORED, entry.key.text ?? ""))
      .map((entry) => ignored(entry.key, IGNORED[entry.key.text ?? ""])),
    ...value.entries
      .filter((entry) => entry.key.text === "restart")
      .flatMap((entry) => ignoredRestart(entry.key, entry.value, withPolicy.has(key.text ?? ""))),
    ...(value.child("ports")?.items ?? []).flatMap(ignoredAddress),
    ...sharedFiles(value),
    ...(value.child("networks")?.entries ?? []).flatMap(({ value: network }) =>
      network.entries
        .filter((entry) => /^ipv[46]_address$/.test(entry.key.text ?? ""))
        .map((entry) => ignored(entry.key, "Tasks get addresses of the network's subnet; use their names.")),
    ),
  ]);
  // What several services have from one place is said once.
  return found.filter(({ where }, index) => found.findIndex((one) => one.where === where) === index);
}

function ignored({ where }: ComposeNode, remedy: string): Problem {
  return { where, text: ["a swarm ignores it.", remedy].filter(Boolean).join(" ") };
}

/** Without a policy it becomes one, but for "no". Source: docker/cli, cli/compose/convert/service.go (convertRestartPolicy). */
function ignoredRestart(key: ComposeNode, value: ComposeNode, hasPolicy: boolean): Problem[] {
  if (hasPolicy) return [ignored(key, "`deploy.restart_policy` counts alone.")];
  if (value.text !== "no") return [];
  return [ignored(key, "Its tasks are started again; use `deploy.restart_policy` with `condition: none`.")];
}

/** A port that is meant for its machine alone is open to the world. */
function ignoredAddress(port: ComposeNode): Problem[] {
  if (addressOf(port.text ?? "") === undefined) return [];
  const text =
    "a swarm ignores the address and publishes the port on all addresses of its nodes. " +
    "Leave the address out, and close the port in the nodes' firewall.";
  return [{ where: port.where, text }];
}

/** The addresses of ports that are told of, variables filled in. What is a variable as a whole shows none. */
export function portAddressesTold(
  files: readonly ComposeFile[],
  variables: Readonly<Record<string, string>>,
): Set<string> {
  const ports = servicesIn(files).flatMap(({ value }) => value.child("ports")?.items ?? []);
  const told = ports.map(({ text }) => text ?? "").filter((text) => addressOf(text) !== undefined);
  return new Set(told.flatMap((text) => addressOf(interpolate(text, variables)) ?? []));
}

/** The address of a published port in its short form, where it is not that of all. */
function addressOf(port: string): string | undefined {
  const short = port.replaceAll(/\$\{[^}]*\}/g, "$");
  const [, address] = /^(\[.+\]|[^:]+):[^:]*:[^:]+$/.exec(short) ?? [];
  return address === "0.0.0.0" || address === "[::]" ? undefined : address;
}

function servicesIn(files: readonly ComposeFile[]) {
  return files.flatMap((file) => readCompose(file).root?.child("services")?.entries ?? []);
}
