import type { EngineReport, HostReport } from "../../schema/preflight";
import type { Role } from "../../schema/swarm";
import type { Transport } from "../../transport/transport";
import type { AgentFacts, AgentResults, Heard } from "./agent-protocol";
import type { AgentSession } from "./agent-session";

/** One machine and how it is reached. */
export interface PreflightMachine {
  name: string;
  role: Role;
  /** IPv4 address that the others reach it at. */
  address: string;
  /** IPv4 address of the overlay networks' traffic. @default `address` */
  dataPathAddr?: string;
  transport: Transport;
  /** Why nothing can be measured there, where that is known already. */
  failure?: string;
  /** What is known of its engine. @default nothing, and nothing is judged of it */
  engine?: EngineReport;
}

/** What one agent did, step by step; what it did not get to is missing. */
export interface AgentRun extends Partial<AgentResults> {
  machine: PreflightMachine;
  agent: AgentSession;
  failure?: string;
  facts?: AgentFacts;
  clock?: HostReport["clock"];
  heard?: Heard[];
}
