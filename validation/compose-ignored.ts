import type { ComposeFile } from "../schema/stack";
import { readCompose } from "./compose-read";
import type { Problem } from "./problem";

/**
 * What Docker's stacks take of a service and then leave out, and what does it in a swarm. Source: docker/cli,
 * cli/compose/types/types.go (UnsupportedProperties, DeprecatedProperties), and `depends_on`, which is dropped without a word.
 */
const IGNORED: Readonly<Record<string, string>> = {
  build: "Build the image before, and let the nodes have it.",
  cgroup_parent: "",
  cgroupns_mode: "",
  container_name: "A service's tasks have names of their own; the service is found by its name.",
  depends_on: "All services start at once; a task that ends without what it needs is started again.",
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
  restart: "Use `deploy.restart_policy`.",
  security_opt: "",
  shm_size: "Mount a tmpfs at /dev/shm.",
  userns_mode: "",
};

/** Keys of services that a swarm takes no notice of, each with its line. */
export function ignoredKeys(files: readonly ComposeFile[]): Problem[] {
  const services = files.flatMap((file) => readCompose(file).root?.child("services")?.entries ?? []);
  const found = services.flatMap(({ value }) =>
    value.entries
      .filter(({ key }) => Object.hasOwn(IGNORED, key.text ?? ""))
      .map(({ key }) => ({
        where: key.where,
        text: ["a swarm ignores it.", IGNORED[key.text ?? ""]].filter(Boolean).join(" "),
      })),
  );
  // What several services have from one place is said once.
  return found.filter(({ where }, index) => found.findIndex((one) => one.where === where) === index);
}
