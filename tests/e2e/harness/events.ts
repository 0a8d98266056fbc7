import { existsSync, readFileSync } from "node:fs";

export interface Step {
  op: string;
  urn: string;
}

/** One line of what the CLI writes with `--event-log`. */
export interface EngineEvent {
  /** Seconds since 1970. */
  timestamp: number;
  /** A step that begins. */
  resourcePreEvent?: { metadata: Step };
  /** A step that has ended; for a refresh, `op` then tells what it found. */
  resOutputsEvent?: { metadata: Step };
  /** A line at a resource; a line that only shows how far it is, is ephemeral. */
  diagnosticEvent?: { urn?: string; message: string; ephemeral?: boolean };
}

/** The events so far: the last line of a command that was killed, or that goes on, may be cut. */
export function eventsIn(eventLog: string): EngineEvent[] {
  // Without a file it failed before its first event.
  if (!existsSync(eventLog)) return [];
  const lines = readFileSync(eventLog, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as EngineEvent);
}

/** A component only follows its children. */
const COMPONENTS =
  /[:$](pulumi:pulumi:Stack|pulumi:providers:swarm|swarm:index:(SwarmCluster|ExistingCluster|NodePool|\w+Object|Stack|Service|Job))::/;

/** Whether a step does something to an object outside of Pulumi's state. */
export function isChange({ op, urn }: Step): boolean {
  return !["same", "read", "refresh"].includes(op) && !COMPONENTS.test(urn);
}

/** "SwarmNode app-1": nodes by their name alone, as their resources carry the cluster's in front. */
export function shortNameOf(urn: string, cluster: string): string {
  const [type, name] = urn.split("::").slice(2);
  const shortName = name.startsWith(`${cluster}-`) ? name.slice(cluster.length + 1) : name;
  return `${type.split(":").pop()} ${shortName}`;
}

/** What was done to which resource. A replacement is several steps and counts as one. */
export function changesOf(steps: Step[], cluster: string): Record<string, string> {
  const changes: Record<string, string> = {};
  for (const step of steps.filter(isChange)) {
    const key = shortNameOf(step.urn, cluster);
    if (changes[key] !== "replace") changes[key] = step.op.includes("replace") ? "replace" : step.op;
  }
  return changes;
}
