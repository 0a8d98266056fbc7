import { waitFor } from "../../../foundation/wait";
import { ClusterView } from "./cluster-view";
import { tryDocker } from "./docker";
import type { Workspace } from "./workspace";

export type { ClusterInfo, Node } from "./cluster-view";

/** Looks at a cluster from the inside, and waits until it sees what a test needs. */
export class Witness extends ClusterView {
  /** With the machines that a stack has now. */
  static async of(workspace: Workspace, manager?: string): Promise<Witness> {
    const { resources } = await workspace.exported();
    const nodes = resources.filter(({ type }) => type === "swarm:index:LocalNode");
    const machines = nodes.map(({ outputs }) => [String(outputs?.hostname), String(outputs?.container)]);
    return new Witness(workspace.cluster, manager, Object.fromEntries(machines) as Record<string, string>);
  }

  /** Waits until the managers see a node in a state; it takes them some seconds. */
  async untilState(node: string, state: string): Promise<void> {
    await waitFor<void>(
      { name: `it is ${state}`, on: node, intervalMs: 250, timeoutMs: 60_000 },
      async () => {
        // While the managers elect a leader none of them answers.
        const seen = await this.node(node).then(
          ({ Status }) => Status.State,
          (error: Error) => error.message,
        );
        return seen === state ? { done: undefined } : { pending: seen };
      },
    );
  }

  /** Waits until a service has as many of its replicas as wanted: "4/4". */
  async untilReplicas(service: string, wanted: string): Promise<void> {
    await waitFor<void>(
      { name: `it has ${wanted} replicas`, on: service, intervalMs: 250, timeoutMs: 60_000 },
      async () => {
        const rows = await this.docker("service", "ls", "--format", "{{.Name}} {{.Replicas}}");
        const row = rows.split("\n").find((line) => line.startsWith(`${service} `));
        return row === `${service} ${wanted}` ? { done: undefined } : { pending: rows };
      },
    );
  }

  /** Waits until only these objects are there. */
  async untilObjects(kind: "secret" | "config" | "network", names: string[]): Promise<void> {
    await waitFor<void>(
      { name: `no other ${kind} is there`, on: this.cluster, intervalMs: 250, timeoutMs: 60_000 },
      async () => {
        const others = (await this.objects(kind)).filter((name) => !names.includes(name));
        return others.length === 0 ? { done: undefined } : { pending: others.join(", ") };
      },
    );
  }

  /** Waits until the manager follows another leader, after the death of one; answers its name. */
  untilOtherLeader(dead: string): Promise<string> {
    return waitFor<string>(
      { name: `${dead} leads no more`, on: this.manager, intervalMs: 100, timeoutMs: 60_000 },
      async () => {
        try {
          const leader = await this.leader();
          return leader === dead ? { pending: leader } : { done: leader };
        } catch (error) {
          return { pending: (error as Error).message };
        }
      },
    );
  }

  /** Waits until the manager has noticed that quorum is lost; a leader goes on for some seconds. */
  async untilNoLeader(): Promise<void> {
    await waitFor<void>(
      { name: "it has no leader", on: this.manager, intervalMs: 500, timeoutMs: 60_000 },
      async () => {
        const { code, stdout } = await tryDocker(
          "exec",
          this.containerOf(this.manager),
          "docker",
          "node",
          "ls",
        );
        return code === 0 ? { pending: stdout } : { done: undefined };
      },
    );
  }

  /** Waits until a manager that was restarted asks for the unlock key. */
  async untilLocked(node: string): Promise<void> {
    await waitFor<void>({ name: "it is locked", on: node, intervalMs: 250, timeoutMs: 60_000 }, async () => {
      const format = "{{.Swarm.LocalNodeState}}";
      const { stdout, stderr } = await tryDocker(
        "exec",
        this.containerOf(node),
        "docker",
        "info",
        "--format",
        format,
      );
      return stdout.trim() === "locked" ? { done: undefined } : { pending: stdout + stderr };
    });
  }

  /**
   * Waits until each of the nodes, which are all of the cluster, knows the others by gossip. One that its gossip has shut out,
   * or that has none, never comes back by itself: its tasks are at addresses that nobody else knows.
   */
  async untilAllGossip(nodes: readonly string[]): Promise<void> {
    const peers = (node: string) =>
      this.dockerOn(node, "network", "inspect", "ingress", "--format", "{{range .Peers}}{{.IP}} {{end}}");
    await waitFor<void>(
      { name: "every node has the same peers", on: nodes.join(), intervalMs: 500, timeoutMs: 60_000 },
      async () => {
        const all = await Promise.all(nodes.map(peers));
        const sets = all.map((text) => text.trim().split(" ").filter(Boolean).sort().join());
        const isWhole = new Set(sets).size === 1 && sets[0].split(",").length === nodes.length;
        return isWhole ? { done: undefined } : { pending: sets.join(" | ") };
      },
    );
  }

  /** Waits until as many tasks run on a node, or more where some are wanted. */
  untilTasks(node: string, wanted: number): Promise<number> {
    return waitFor<number>(
      { name: `${wanted} tasks run there`, on: node, intervalMs: 250, timeoutMs: 60_000 },
      async () => {
        const states = await this.docker("node", "ps", "--format", "{{.CurrentState}}", node);
        const running = states.split("\n").filter((state) => state.startsWith("Running")).length;
        const enough = wanted === 0 ? running === 0 : running >= wanted;
        return enough ? { done: running } : { pending: `${running} tasks` };
      },
    );
  }
}
