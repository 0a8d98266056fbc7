import { saidOnce, type Waiting } from "../../foundation/context";
import { repairNetworks } from "../../swarm/network-truth/repair-networks";
import type { RecordedCluster } from "../../schema/cluster-record";
import type { DoctorFacts } from "./doctor-facts";
import { machinesOf } from "./gather-facts";

/** Mends what the facts say is wrong in the nodes' networks, step by step as it is told. Answers whether anything was. */
export async function repaired(
  { network, swarmFailure }: DoctorFacts,
  wanted: RecordedCluster,
  waiting: Waiting,
): Promise<boolean> {
  if (!network) {
    throw new Error(`Nothing was mended: the networks could not be looked at. ${swarmFailure ?? ""}`.trim());
  }
  if (network.wrong.length === 0) {
    console.error("Nothing to mend: the nodes' networks are as the managers say.");
    return false;
  }
  for (const { text } of network.wrong) console.error(`✗ ${text}`);
  await repairNetworks(network, {
    managers: wanted.managers,
    machines: machinesOf(wanted),
    waiting: { ...waiting, progress: saidOnce((text) => waiting.progress(text)) },
    done: (text) => console.error(`✓ ${text}`),
  });
  return true;
}
