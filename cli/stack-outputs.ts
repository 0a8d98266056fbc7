import type { Connection, ManagerRef } from "../contract/connection";
import type { StackService } from "../contract/objects";
import type { Owner } from "../contract/owner";
import type { Availability, Role } from "../contract/swarm";
import { projectRoot } from "../tools/setup/paths";
import { askSecrets } from "../tools/setup/pulumi-run";

/** What the program exports for the command line, as `swarm`. */
export interface SwarmOutput {
  cluster: string;
  owner: Owner;
  clusterId: string;
  managers: ManagerRef[];
  nodes: WantedNode[];
  stacks: Record<string, StackService[]>;
  /** When the join tokens were rotated last, as RFC 3339 times. @default when the swarm was initialised */
  tokens?: { workerRotatedAt?: string; managerRotatedAt?: string };
}

export interface WantedNode {
  name: string;
  role: Role;
  availability: Availability;
  labels: Record<string, string>;
  /** Missing in the outputs of a program that exports none. */
  connection?: Connection;
}

export interface StackOutputs {
  swarm: SwarmOutput;
  managers: { name: string; address: string }[];
  demoUrls?: string[];
}

/** Reads a Pulumi stack's outputs. Says what to do where the stack is not there or has no cluster. */
export async function stackOutputs(stack: string, env: NodeJS.ProcessEnv): Promise<StackOutputs> {
  const run = { cwd: projectRoot, env };
  const asked = askSecrets(["stack", "output", "--json", "--stack", stack], run).catch((error: Error) => {
    throw new Error(`Stack ${stack} has no outputs: ${error.message}\nMake the cluster first: npm run up`);
  });
  const outputs = (await asked) as Partial<StackOutputs>;
  if (!outputs.swarm) throw new Error(`Stack ${stack} has no cluster. Make it first: npm run up`);
  return outputs as StackOutputs;
}
