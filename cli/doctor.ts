import { closeConnections } from "../engine/connect";
import { diagnose } from "./doctor/diagnose";
import { gatherFacts } from "./doctor/gather";
import { repaired } from "./doctor/repair";
import { numberOf, renderFindings } from "./doctor/view";
import { stackOutputs } from "./stack-outputs";

export interface DoctorOptions {
  stack: string;
  env: NodeJS.ProcessEnv;
  /** Print the findings as JSON. @default false */
  json?: boolean;
  /** Mend what the nodes have wrong of the overlay networks, and look again. @default false */
  repairNetwork?: boolean;
}

/**
 * `npm run swarm -- doctor`: judges the live cluster by fixed rules, and changes nothing unless it is to repair.
 * Answers the exit code: 1 where a check failed, else 0.
 */
export async function runDoctor(options: DoctorOptions): Promise<number> {
  const { stack, env, json = false, repairNetwork = false } = options;
  const { swarm } = await stackOutputs(stack, env);
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  const waiting = { signal: interrupted.signal, progress: (text: string) => console.error(text) };
  try {
    let facts = await gatherFacts(swarm, waiting);
    if (repairNetwork && (await repaired(facts, swarm, waiting))) facts = await gatherFacts(swarm, waiting);
    const findings = diagnose(facts);
    const { cluster, clusterId } = swarm;
    console.log(json ? JSON.stringify({ cluster, clusterId, findings }, null, 2) : renderFindings(findings));
    return numberOf(findings, "fail") > 0 ? 1 : 0;
  } finally {
    closeConnections();
  }
}
