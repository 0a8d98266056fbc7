import type { TestSwarm } from "../../../testing/testing";

/** What the tasks of a service have seen that ask others by name (fixtures/asked.yml), those that have ended as well. */
export interface Asked {
  /** Name → answers. */
  answered: Record<string, number>;
  /** Lines of requests without an answer. */
  lost: string[];
}

export async function asked(swarm: TestSwarm, service: string): Promise<Asked> {
  const seen: Asked = { answered: {}, lost: [] };
  for (const line of (await swarm.logs(service)).split("\n")) {
    const [, word, name] = /\| (answered|lost) ([^ :]+)/.exec(line) ?? [];
    if (word === "answered") seen.answered[name] = (seen.answered[name] ?? 0) + 1;
    if (word === "lost") seen.lost.push(line);
  }
  return { ...seen, lost: seen.lost.sort() };
}

/** The networks that a stack has made, by their names. */
export async function networksOf(swarm: TestSwarm, stack: string): Promise<string[]> {
  const filter = `label=com.docker.stack.namespace=${stack}`;
  const names = await swarm.docker("network", "ls", "--filter", filter, "--format", "{{.Name}}");
  return names.split("\n").filter(Boolean).sort();
}
