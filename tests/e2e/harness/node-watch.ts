import { watchSwarm } from "./swarm-watch";

/** Some nodes at one moment, by their names: a node and its successor have the same. */
export interface Look {
  /** Nodes that are drained and on which tasks still run. */
  draining: string[];
  /** Names of which no node is active and up. */
  absent: string[];
  /** What was read, for whoever asks why. */
  text: string;
}

/** The tasks come after the nodes: one that ends its drain in between is missed, and none is counted too often. */
const LOOK = `
docker node ls --filter "node.label=$0" --format '{{.ID}} {{.Hostname}} {{.Status}} {{.Availability}}' || exit 1
echo
docker inspect --type task --format '{{.NodeID}} {{.Status.State}}' $(docker service ps --quiet "$1") || true
`;

/**
 * Looks at nodes and at a service's tasks about twice a second while something goes on.
 * @param managers - containers of managers: the first one that answers is asked, as one may be replaced meanwhile.
 * @param label - which nodes: "kind=worker".
 */
export async function looksDuring(
  { managers, label, service }: { managers: string[]; label: string; service: string },
  work: () => Promise<unknown>,
): Promise<Look[]> {
  const watch = watchSwarm(managers, LOOK, label, service);
  try {
    await work();
  } finally {
    await watch.stop();
  }
  return watch.texts.map(read);
}

function read(text: string): Look {
  const [nodeRows, taskRows = ""] = text.split("\n\n");
  const nodes = nodeRows.split("\n").map((row) => row.split(" "));
  const tasks = taskRows.split("\n").map((row) => row.split(" "));
  const busy = new Set(tasks.filter(([, state]) => state === "running").map(([node]) => node));
  // A new leader says "unknown" of every node until that node reports to it; its tasks run all the while.
  const serving = nodes.filter(
    ([, , state, availability]) => availability === "Active" && ["Ready", "Unknown"].includes(state),
  );
  const there = new Set(serving.map(([, name]) => name));
  return {
    draining: nodes.filter(([id, , , availability]) => availability === "Drain" && busy.has(id)).map(nameOf),
    absent: [...new Set(nodes.map(nameOf))].filter((name) => !there.has(name)),
    text,
  };
}

function nameOf([, name]: string[]): string {
  return name;
}
