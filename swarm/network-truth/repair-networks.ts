import type { ManagerRef } from "../../schema/connection";
import { quote } from "../../transport/shell-quote";
import type { Waiting } from "../../foundation/context";
import { connect } from "../../docker/connect";
import { networkTruth, type NetworkTruth } from "./network-truth";
import type { MachineOfNode } from "./look";
import { rejoinNetworks } from "./repair-node";
import { replaceTasks } from "../rollout/replace-tasks";
import { forgetGhosts } from "./repair-stale";
import { commandOf, type Wrong } from "./wrong";

export interface Repair {
  managers: readonly ManagerRef[];
  machines: readonly MachineOfNode[];
  waiting: Waiting;
  /** Told each step that was done. */
  done: (text: string) => void;
}

/**
 * Mends what is wrong, the smallest step first: kernel entries where they are, what the engines tell each other of
 * addresses that are gone, the tasks of a service, and last a node's part in its networks. Answers what is wrong then.
 */
export async function repairNetworks(truth: NetworkTruth, repair: Repair): Promise<NetworkTruth> {
  const { managers, machines, waiting, done } = repair;
  await writeEntries(truth.wrong, repair);
  for (const text of await forgetGhosts(truth.wrong, truth.look, machines, waiting)) done(text);
  for (const service of refreshed(truth.wrong)) {
    await replaceTasks(service, managers, waiting);
    done(`the tasks of ${service} were replaced`);
  }
  const left = await networkTruth(managers, machines, waiting);
  const stubborn = left.wrong.filter(
    ({ remedy, network }) =>
      remedy.do === "rejoin" || (remedy.do === "forget" && !isIngress(network.id, left)),
  );
  for (const node of new Set(stubborn.map((wrong) => wrong.node))) {
    await rejoinNetworks(node, left.look, managers, waiting);
    done(`${node} left its networks and joined them anew`);
  }
  return stubborn.length > 0 ? networkTruth(managers, machines, waiting) : left;
}

async function writeEntries(wrong: readonly Wrong[], { machines, waiting, done }: Repair): Promise<void> {
  const byNode = new Map<string, string[][]>();
  for (const { node, remedy } of wrong) {
    if (remedy.do === "write") byNode.set(node, [...(byNode.get(node) ?? []), commandOf(remedy.entry)]);
  }
  await Promise.all(
    [...byNode].map(async ([node, commands]) => {
      const connection = machines.find(({ name }) => name === node)?.connection;
      if (!connection) return;
      const text = commands.map((command) => `${command.map(quote).join(" ")} || failed=1`).join("\n");
      const { transport } = connect(connection, waiting);
      const { exitCode, stderr } = await transport.run(["sh", "-s"], {
        stdin: `failed=0\n${text}\nexit $failed\n`,
        signal: waiting.signal,
      });
      if (exitCode !== 0) throw new Error(`${node}: not every entry could be written: ${stderr.trim()}`);
      done(`${node}: ${commands.length} ${commands.length === 1 ? "entry" : "entries"} set right`);
    }),
  );
}

function refreshed(wrong: readonly Wrong[]): Set<string> {
  return new Set(wrong.flatMap(({ remedy }) => (remedy.do === "refresh" ? [remedy.service] : [])));
}

function isIngress(id: string, { look }: NetworkTruth): boolean {
  return look.records.networks.some((network) => network.id === id && network.isIngress);
}
