import { listNodes } from "../../docker/nodes";
import { allServices } from "../../docker/services";
import type { Context } from "../../foundation/context";
import type { NodeSpecsInputs } from "../../schema/swarm";
import { onManager } from "../managers";
import { leavesFirst } from "../volumes/kept-disks";
import { isWanted } from "../wanted-clusters";

/**
 * Managers whose successors start only after them leave one after the other, and none of the new ones joins before the last
 * has left. Where that is all of them nobody is left to go on with: told in the preview, before the first one has left.
 */
export async function guardQuorum(
  old: NodeSpecsInputs,
  wanted: NodeSpecsInputs["nodes"],
  context: Context,
): Promise<void> {
  const { clusterId, managers, nodes } = old;
  const present = managers.map(({ name }) => name).filter((name) => name in nodes);
  const first = present.filter(
    (name) =>
      name in wanted &&
      nodes[name].nodeId !== wanted[name].nodeId &&
      leavesFirst({ clusterId, name }, context),
  );
  if (first.length === 0 || first.length < present.length || !isWanted(clusterId, context)) return;
  const isInUse = await onManager(managers, context, async (engine) => {
    const [members, services] = await Promise.all([
      listNodes(engine, context.signal),
      allServices(engine, context.signal),
    ]);
    return members.length > 1 || services.length > 0;
  });
  if (isInUse) throw new Error(refusal(first));
}

function refusal([name, ...others]: readonly string[]): string {
  const why = "A node with volumes of its own leaves before its successor starts.";
  if (others.length === 0)
    return (
      `${name} is the only manager, and the swarm would end with it. ${why} Nothing was changed. Give the cluster three ` +
      "managers first, or give the volumes to a pool of workers."
    );
  const excluded = others.map((other) => `--exclude "**-${other}"`).join(" ");
  return (
    `${name}, ${others.join(", ")} are all managers there are, and none would be left to keep the swarm. ${why} Nothing was ` +
    `changed. Replace one at a time: pulumi up ${excluded}, and so on.`
  );
}
