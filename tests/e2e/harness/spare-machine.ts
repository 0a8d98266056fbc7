import { waitFor } from "../../../foundation/wait";
import { docker, tryDocker } from "./docker";

/**
 * A machine beside a cluster, with an engine of its own and in no swarm: made from the cluster's node image.
 *
 * @returns the name of its container.
 */
export async function spareMachine(
  cluster: string,
  hostname = "spare",
  name = `${cluster}-${hostname}`,
): Promise<string> {
  const labels = ["--label", `pulumi-swarm.cluster=${cluster}`];
  const rights = ["--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE", "--device-cgroup-rule", "a *:* rwm"];
  const unconfined = ["seccomp", "apparmor", "systempaths"].flatMap((what) => [
    "--security-opt",
    `${what}=unconfined`,
  ]);
  const mounts = ["--cgroupns", "private", "--tmpfs", "/run", "--volume", "/var/lib/docker"];
  const where = ["--name", name, "--hostname", hostname, "--network", cluster];
  await docker(
    "run",
    "--detach",
    ...where,
    ...labels,
    ...rights,
    ...unconfined,
    ...mounts,
    `pulumi-swarm-node:${cluster}`,
  );
  await waitFor(
    { name: "its Docker Engine answers", on: name, intervalMs: 200, timeoutMs: 60_000 },
    async () => {
      const { code, stderr } = await tryDocker("exec", name, "docker", "version");
      return code === 0 ? { done: true } : { pending: stderr };
    },
  );
  return name;
}

export async function removeSpareMachine(name: string): Promise<void> {
  await docker("rm", "--force", "--volumes", name);
}
