import type { TestSwarm } from "../../../testing/testing";
import { onNode } from "./stack-swarm";

/** What the tasks of a stack have seen that ask others by name (fixtures/asked.yml), those that have ended as well. */
export interface Asked {
  /** Name → answers. */
  answered: Record<string, number>;
  /** Requests without an answer: node, task, and why. */
  lost: string[];
}

/** From the volume on each node: Docker's own logs of so many tasks that have ended are not to be had at all times. */
export async function asked(swarm: TestSwarm, stack: string): Promise<Asked> {
  const files = `cd /var/lib/docker/volumes/${stack}_asked/_data 2>/dev/null && grep -H . * || true`;
  const seen: Asked = { answered: {}, lost: [] };
  for (const { name: node } of swarm.nodes) {
    for (const line of (await onNode(swarm, node, "sh", "-c", files)).split("\n")) {
      const [, word, name] = /^\w+:(answered|lost) ([^ :]+)/.exec(line) ?? [];
      if (word === "answered") seen.answered[name] = (seen.answered[name] ?? 0) + 1;
      if (word === "lost") seen.lost.push(`${node} ${line}`);
    }
  }
  return { ...seen, lost: seen.lost.sort() };
}

/** The networks that a stack has made, by their names. */
export async function networksOf(swarm: TestSwarm, stack: string): Promise<string[]> {
  const filter = `label=com.docker.stack.namespace=${stack}`;
  const names = await swarm.docker("network", "ls", "--filter", filter, "--format", "{{.Name}}");
  return names.split("\n").filter(Boolean).sort();
}
