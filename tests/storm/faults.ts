import { docker, tryDocker } from "../e2e/harness/docker";
import { inside, machineOf, onAny } from "./machines";
import { nodesOf, type Model } from "./model";
import type { Random } from "./random";

/** Where a fault strikes. */
export interface Place {
  cluster: string;
  /** The cluster as it was before the step's edits: those are the machines that are there. */
  model: Model;
  /** The node that was picked; empty where the fault needs none. */
  node: string;
}

/** What somebody or something does to the cluster behind the program's back. */
export interface Fault {
  name: string;
  /** What it takes from the swarm while it lasts: a machine, nothing, or the demo's own service. */
  takes: "machine" | "nothing" | "service";
  /** Nodes that it can strike; none for faults without a node. */
  nodes(model: Model): readonly string[];
  strike(place: Place): Promise<unknown>;
  /** Whether it really struck. */
  struck(place: Place): Promise<boolean>;
  /** Ends what the next `up` cannot end; faults without it last until the `up` mends them. */
  end?(place: Place): Promise<unknown>;
}

const anyNode = (model: Model) => nodesOf(model);
const noNode = () => [""];
const WEB = "demo_web";

const container = async ({ cluster, node }: Place) => (await machineOf(cluster, node)).container;
const stateOf = async ({ cluster, node }: Place) => (await machineOf(cluster, node)).state;
const ask = ({ cluster, model }: Place, ...args: string[]) => onAny(cluster, model.managers, ...args);
/** By its label: twins have the same host name. */
const idOf = async (place: Place) => {
  const label = `node.label=pulumi-swarm.node=${place.node}`;
  const [id] = (await ask(place, "node", "ls", "--quiet", "--filter", label)).split("\n");
  return id;
};
const specOf = async (place: Place, format: string) =>
  ask(place, "node", "inspect", "--format", format, await idOf(place));

export const FAULTS: readonly Fault[] = [
  {
    name: "killed",
    takes: "machine",
    nodes: anyNode,
    strike: async (place) => docker("kill", await container(place)),
    struck: async (place) => (await stateOf(place)) === "exited",
  },
  {
    name: "deleted with its volume",
    takes: "machine",
    // More of them would take the quorum along for good.
    nodes: (model) => (model.managers.length > 1 ? nodesOf(model) : model.workers),
    async strike(place) {
      const name = await container(place);
      await docker("rm", "--force", "--volumes", name);
      await docker("volume", "rm", "--force", name);
    },
    struck: async ({ cluster, node }) =>
      machineOf(cluster, node).then(
        () => false,
        () => true,
      ),
  },
  {
    name: "paused",
    takes: "machine",
    nodes: anyNode,
    strike: async (place) => docker("pause", await container(place)),
    struck: async (place) => (await stateOf(place)) === "paused",
    end: async (place) => docker("unpause", await container(place)),
  },
  {
    name: "containerd killed",
    takes: "machine",
    nodes: anyNode,
    strike: async (place) => inside(await container(place), KILL_CONTAINERD),
    struck: async (place) => (await inside(await container(place), "cat /run/storm-containerd")) !== "",
  },
  {
    name: "network gone",
    takes: "machine",
    nodes: anyNode,
    strike: async (place) => inside(await container(place), cut("-I")),
    struck: async (place) =>
      (await tryDocker("exec", await container(place), "iptables", "-C", "INPUT", ...ETH)).code === 0,
    end: async (place) => inside(await container(place), cut("-D")),
  },
  {
    name: "disk full",
    takes: "machine",
    nodes: anyNode,
    // What is new on it cannot be written: the folder that every new container needs is a full disk.
    strike: async (place) => inside(await container(place), FILL_DISK),
    struck: async (place) =>
      (await tryDocker("exec", await container(place), "mkdir", "/var/lib/docker/containers/storm")).code !==
      0,
    end: async (place) => inside(await container(place), "umount /var/lib/docker/containers"),
  },
  {
    name: "service removed",
    takes: "service",
    nodes: noNode,
    strike: async (place) => (await isThere(place)) && ask(place, "service", "rm", WEB),
    struck: async (place) => !(await isThere(place)),
  },
  {
    name: "stack and secrets removed",
    takes: "service",
    nodes: noNode,
    async strike(place) {
      await ask(place, "stack", "rm", "demo");
      const secrets = (await ask(place, "secret", "ls", "--quiet")).split("\n").filter(Boolean);
      if (secrets.length > 0) await ask(place, "secret", "rm", ...secrets);
    },
    struck: async (place) => (await ask(place, "secret", "ls", "--quiet")) === "",
  },
  {
    name: "service scaled by hand",
    takes: "service",
    nodes: noNode,
    // Another fault of the same step may have removed it.
    strike: async (place) => (await isThere(place)) && ask(place, "service", "scale", "--detach", `${WEB}=0`),
    struck: async (place) =>
      (await isThere(place)) &&
      (await ask(place, "service", "inspect", "--format", "{{.Spec.Mode.Replicated.Replicas}}", WEB)) === "0",
  },
  {
    name: "drained by hand",
    takes: "nothing",
    nodes: anyNode,
    strike: async (place) => ask(place, "node", "update", "--availability", "drain", await idOf(place)),
    struck: async (place) => (await specOf(place, "{{.Spec.Availability}}")) === "drain",
  },
  {
    name: "demoted by hand",
    takes: "nothing",
    nodes: ({ managers }) => (managers.length > 1 ? managers : []),
    strike: async (place) => ask(place, "node", "demote", await idOf(place)),
    struck: async (place) => (await specOf(place, "{{.Spec.Role}}")) === "worker",
  },
  {
    name: "removed from the list",
    takes: "machine",
    nodes: ({ workers }) => workers,
    strike: async (place) => ask(place, "node", "rm", "--force", await idOf(place)),
    struck: async (place) => (await idOf(place)) === "",
  },
];

async function isThere(place: Place): Promise<boolean> {
  return (await ask(place, "service", "ls", "--format", "{{.Name}}")).split("\n").includes(WEB);
}

/** The update itself is killed, after as many seconds, and the next one has to end it. */
export const CLI_KILLED = "CLI killed";

/** Faults of a machine and of the update; a random one. */
export function faultCalled(name: string): Fault {
  const found = FAULTS.find((fault) => fault.name === name);
  if (!found) throw new Error(`There is no fault ${name}.`);
  return found;
}

/** How long a fault lasts before it ends or the update begins, in seconds. */
export function lasting(random: Random): number {
  return random.pick([0, 2, 6, 16]);
}

const ETH = ["-i", "eth0", "-j", "DROP"];
const cut = (how: "-I" | "-D") =>
  `iptables ${how} INPUT -i eth0 -j DROP && iptables ${how} OUTPUT -o eth0 -j DROP`;

/** The engine starts another one. */
const KILL_CONTAINERD =
  'pid=$(for p in /proc/[0-9]*; do [ "$(cat "$p/comm")" = containerd ] && echo "${p#/proc/}"; done | head -n 1); ' +
  'kill -KILL "$pid" && echo "$pid" > /run/storm-containerd';

const FILL_DISK =
  "mount -t tmpfs -o size=4k,nr_inodes=2 storm /var/lib/docker/containers && " +
  "{ dd if=/dev/zero of=/var/lib/docker/containers/full bs=4k count=2 2>/dev/null || true; }";
