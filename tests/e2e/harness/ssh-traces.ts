import type { SshHosts } from "./ssh-hosts";

/** What a cluster leaves on a machine that stays, each as a command that prints something only where it is there. */
const TRACES = `
[ "$(docker info --format '{{.Swarm.LocalNodeState}}')" = inactive ] || echo "swarm is not inactive"
docker network ls --format '{{.Name}}' | grep -x -e docker_gwbridge -e ingress
nft list tables | grep pulumi
ls -d /etc/pulumi-swarm /var/lib/pulumi-swarm /etc/chrony/sources.d/pulumi-swarm.sources 2>/dev/null
ls /etc/modules-load.d/*pulumi* /etc/sysctl.d/*pulumi* /etc/systemd/system/*pulumi* 2>/dev/null
true`;

/** Traces of a cluster on a machine whose engine runs, one per line. */
export async function tracesOn(hosts: SshHosts, name: string): Promise<string[]> {
  return (await hosts.sh(name, TRACES)).split("\n").filter(Boolean);
}

/** Files that a setup writes first of all; they tell that no step ran even where the engine does not. */
export async function wasTouched(hosts: SshHosts, name: string): Promise<boolean> {
  const found = await hosts.sh(
    name,
    "ls -d /etc/pulumi-swarm /var/lib/pulumi-swarm /run/docker.pid 2>/dev/null || true",
  );
  return found !== "";
}
