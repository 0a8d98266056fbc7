import { closeConnections } from "../engine/connect";
import { diagnose } from "./doctor/diagnose";
import { gatherFacts } from "./doctor/gather";
import { numberOf, renderFindings } from "./doctor/view";
import { stackOutputs } from "./stack-outputs";

export interface DoctorOptions {
  stack: string;
  env: NodeJS.ProcessEnv;
  /** Print the findings as JSON. @default false */
  json?: boolean;
}

/**
 * `npm run swarm -- doctor`: judges the live cluster by fixed rules and changes nothing.
 * Answers the exit code: 1 where a check failed, else 0.
 */
export async function runDoctor({ stack, env, json = false }: DoctorOptions): Promise<number> {
  const { swarm } = await stackOutputs(stack, env);
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  const waiting = { signal: interrupted.signal, progress: (text: string) => console.error(text) };
  try {
    const findings = diagnose(await gatherFacts(swarm, waiting));
    const { cluster, clusterId } = swarm;
    console.log(json ? JSON.stringify({ cluster, clusterId, findings }, null, 2) : renderFindings(findings));
    return numberOf(findings, "fail") > 0 ? 1 : 0;
  } finally {
    closeConnections();
  }
}
