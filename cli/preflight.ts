import { closeConnections } from "../docker/connect";
import { askMachines, type AskedMachine } from "../machines/preflight-machines";
import { judgePreflight } from "../hosts/preflight/judge-preflight";
import { renderPreflight } from "../hosts/preflight/render";
import { runPreflight } from "../hosts/preflight/run-preflight";
import { clusterMadeHere } from "./recorded-cluster";
import type { Target } from "./stack-state";
import { cancellable } from "./steps";
import { Session } from "../foundation/session";

export interface PreflightOptions extends Target {
  /** Print the report and its judgement as JSON. @default false */
  json?: boolean;
}

/**
 * Looks at the machines of a cluster as before their first join, and changes nothing.
 * Answers the exit code: 1 where something stands in the way, else 0.
 */
export async function showPreflight({ json = false, ...target }: PreflightOptions): Promise<number> {
  const { nodes } = await clusterMadeHere(target);
  const session = new Session();
  try {
    return await cancellable(async (signal) => {
      const machines = (await askMachines(nodes, { signal, session })).map(withLiveAddress);
      const { dataPathPort, defaultAddrPool } = liveRules(machines);
      const report = await runPreflight(machines, { dataPathPort, signal });
      const judgement = judgePreflight(report, { defaultAddrPool });
      console.log(
        json ? JSON.stringify({ ...report, ...judgement }, null, 2) : renderPreflight(report, judgement),
      );
      return judgement.problems.length > 0 ? 1 : 0;
    });
  } finally {
    closeConnections({ session });
  }
}

/** A member knows best at which address the others reach it. */
function withLiveAddress(machine: AskedMachine): AskedMachine & { failure?: string } {
  const address = machine.info?.Swarm.NodeAddr || machine.address;
  if (address) return { ...machine, address };
  return { ...machine, failure: machine.engine.failure ?? "it is in no swarm, so its address is not known" };
}

/** What is fixed when a swarm is initialised, as its managers tell it. */
function liveRules(machines: readonly AskedMachine[]) {
  const cluster = machines.map(({ info }) => info?.Swarm.Cluster).find((one) => one !== undefined);
  return {
    dataPathPort: cluster?.DataPathPort || undefined,
    defaultAddrPool: cluster?.DefaultAddrPool ?? undefined,
  };
}
