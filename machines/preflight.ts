import type { PreflightInputs } from "../schema/preflight";
import type { Context } from "../foundation/context";
import { judgePreflight } from "../hosts/preflight/judge-preflight";
import { renderPreflight } from "../hosts/preflight/render";
import { runPreflight } from "../hosts/preflight/run-preflight";
import { describeProblems } from "../validation/problem";
import { askMachines } from "./preflight-machines";

/** Looks whether machines can be one swarm, each at every other, and refuses to go on where they cannot. */
export async function passPreflight(inputs: PreflightInputs, context: Context): Promise<void> {
  const { hosts, dataPathPort } = inputs;
  context.progress(`looking at ${hosts.length} machines, each to every other`);
  const machines = await askMachines(hosts, context);
  const report = await runPreflight(machines, { dataPathPort, signal: context.signal });
  const judgement = judgePreflight(report, inputs);
  if (judgement.problems.length > 0) {
    throw new Error(
      `The machines cannot be one swarm yet, and nothing was changed.\n\n${renderPreflight(report, judgement)}`,
    );
  }
  if (judgement.warnings.length > 0) context.warn(`Preflight:\n${describeProblems(judgement.warnings)}`);
}
