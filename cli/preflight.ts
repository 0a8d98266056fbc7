import type { PreflightHost } from "../contract/preflight";
import { closeConnections } from "../engine/connect";
import { askMachines, type AskedMachine } from "../engine/preflight-machines";
import { judgePreflight } from "../hosts/preflight/judge";
import { renderPreflight } from "../hosts/preflight/render";
import { runPreflight } from "../hosts/preflight/run-preflight";
import { stackOutputs, type StackOutputs } from "./stack-outputs";
import { cancellable } from "./steps";

export interface PreflightOptions {
  stack: string;
  env: NodeJS.ProcessEnv;
  /** Print the report and its judgement as JSON. @default false */
  json?: boolean;
}

/**
 * `npm run swarm -- preflight`: looks at the machines of a cluster as before their first join, and changes nothing.
 * Answers the exit code: 1 where something stands in the way, else 0.
 */
export async function showPreflight({ stack, env, json = false }: PreflightOptions): Promise<number> {
  const outputs = await stackOutputs(stack, env);
  try {
    return await cancellable(async (signal) => {
      const machines = (await askMachines(hostsOf(outputs), signal)).map(withLiveAddress);
      const { dataPathPort, defaultAddrPool } = liveRules(machines);
      const report = await runPreflight(machines, { dataPathPort, signal });
      const judgement = judgePreflight(report, { defaultAddrPool });
      console.log(
        json ? JSON.stringify({ ...report, ...judgement }, null, 2) : renderPreflight(report, judgement),
      );
      return judgement.problems.length > 0 ? 1 : 0;
    });
  } finally {
    closeConnections();
  }
}

function hostsOf({ swarm, managers }: StackOutputs): PreflightHost[] {
  return swarm.nodes.map(({ name, role, connection }) => {
    const manager = swarm.managers.find((one) => one.name === name);
    const known = connection ?? manager?.connection;
    if (!known)
      throw new Error(`The stack's outputs do not tell how ${name} is reached. Renew them: npm run up`);
    const address = managers.find((one) => one.name === name)?.address ?? "";
    return { name, role, connection: known, address };
  });
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
