import { closeConnections } from "../docker/connect";
import { diagnose } from "./doctor/diagnose";
import { gatherFacts } from "./doctor/gather-facts";
import { repaired } from "./doctor/repair";
import { numberOf, renderFindings } from "./doctor/view";
import { clusterMadeHere } from "./recorded-cluster";
import type { Target } from "./stack-state";
import { Session } from "../foundation/session";

export interface DoctorOptions extends Target {
  /** Print the findings as JSON. @default false */
  json?: boolean;
  /** Mend what the nodes have wrong of the overlay networks, and look again. @default false */
  repairNetwork?: boolean;
}

/**
 * Judges the live cluster by fixed rules, and changes nothing unless it is to repair.
 * Answers the exit code: 1 where a check failed, else 0.
 */
export async function runDoctor(options: DoctorOptions): Promise<number> {
  const { json = false, repairNetwork = false } = options;
  const wanted = await clusterMadeHere(options);
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  const waiting = {
    signal: interrupted.signal,
    session: new Session(),
    progress: (text: string) => console.error(text),
  };
  try {
    let facts = await gatherFacts(wanted, waiting);
    if (repairNetwork && (await repaired(facts, wanted, waiting))) facts = await gatherFacts(wanted, waiting);
    const findings = diagnose(facts);
    const { cluster, clusterId } = wanted;
    console.log(json ? JSON.stringify({ cluster, clusterId, findings }, null, 2) : renderFindings(findings));
    return numberOf(findings, "fail") > 0 ? 1 : 0;
  } finally {
    closeConnections(waiting);
  }
}
