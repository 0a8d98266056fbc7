import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { tryDocker } from "./docker";
import { leftovers } from "./leftovers";

/** What a node knows of its swarm, its tasks and its network. */
const STATE = `
for command in \\
  "docker node ls" "docker service ls" "docker ps --all --no-trunc" "docker network ls --no-trunc" \\
  "ip -brief address" "ip route" "iptables-save" "nft list ruleset" "ss -tuln" "ps -ef"
do
  printf '\\n## %s\\n' "$command"; timeout 10 $command 2>&1
done
for service in $(timeout 10 docker service ls --quiet 2>/dev/null); do
  printf '\\n## tasks of %s\\n' "$service"; timeout 10 docker service ps --no-trunc "$service" 2>&1
done
printf '\\n## the mesh\\n'; nsenter --net=/run/docker/netns/ingress_sbox iptables-save 2>&1
tail -n 3000 /var/log/docker.log 2>/dev/null`;

/** The global object of a test file: its environment reads there, from outside, whose containers are its own. */
const registry = globalThis as { clustersOfTest?: string[] };

/** From here on a test that fails leaves what the containers of this cluster, or with names that begin so, say. */
export function keepEvidenceOf(name: string): void {
  (registry.clustersOfTest ??= []).push(name);
}

/**
 * Logs and state of all containers of a test's clusters, in a new folder: when its clean-up has run there is nobody left
 * to ask.
 */
export async function saveEvidence(test: string, clusters: readonly string[]): Promise<string | undefined> {
  const found = await Promise.all([...new Set(clusters)].map(leftovers));
  const containers = found.flatMap((left) => left.containers);
  if (containers.length === 0) return undefined;
  const folder = mkdtempSync(
    path.join(tmpdir(), `pulumi-swarm-failed-${test.replace(/\W+/g, "-").slice(0, 40)}-`),
  );
  const save = async (container: string) => {
    const [log, state] = await Promise.all([
      tryDocker("logs", "--timestamps", "--tail", "5000", container),
      tryDocker("exec", container, "sh", "-c", STATE),
    ]);
    writeFileSync(path.join(folder, `${container}.log`), log.stdout + log.stderr);
    writeFileSync(
      path.join(folder, `${container}.txt`),
      `${new Date().toISOString()}\n${state.stdout}${state.stderr}`,
    );
  };
  await Promise.all(containers.map(save));
  return folder;
}
