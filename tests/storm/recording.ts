import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import type { Node } from "../e2e/harness/witness";
import type { Asked } from "./asking";
import type { Step } from "./plan";

/** One command of the product: what was run, and what it said. */
export interface Operation {
  command: string;
  code: number | null;
  seconds: number;
  /** What was done to which resource. */
  changes: Record<string, string>;
  /** Everything it printed. */
  text: string;
  /** Whether the storm killed it. */
  killed?: boolean;
}

/** What was seen when a step was over. */
export interface Observation {
  clusterIds: string[];
  nodes: Node[];
  /** Service → running and wanted tasks: "3/3". */
  services: Record<string, string>;
  secrets: string[];
  configs: string[];
  /** Node and state of each machine. */
  machines: { node: string; state: string }[];
  volumes: number;
  networks: string[];
  /** What the demo's page says of the config and the secret, on every node: one line for each node. */
  pages: Record<string, { text: string; fingerprint: string } | string>;
  /** The doctor's failed checks, those of the network's tables among them. */
  doctor: string[];
  /** What a preview would still change. */
  preview: Record<string, string>;
}

/** Everything of one step; judged by {@link judge}, again as often as wanted. */
export interface StepRecord {
  step: Step;
  /** Fault → whether it really struck. */
  struck: { name: string; node: string; struck: boolean }[];
  /** Nodes on which a task of the demo's web service ran when the step began. */
  webOn: string[];
  operations: Operation[];
  asked: Asked;
  observation?: Observation;
  /** Why the step could not be carried out or looked at to its end. */
  broken?: string;
}

export interface Recording {
  seed: number;
  steps: StepRecord[];
}

/** One line of JSON for the seed and one for each step, so that a run that is ended loses nothing. */
export class Recorder {
  constructor(
    readonly file: string,
    readonly seed: number,
  ) {
    writeFileSync(file, `${JSON.stringify({ seed })}\n`);
  }

  add(step: StepRecord): void {
    appendFileSync(this.file, `${JSON.stringify(step)}\n`);
  }
}

export function readRecording(file: string): Recording {
  const [head, ...steps] = readFileSync(file, "utf8").trim().split("\n");
  const { seed } = JSON.parse(head) as { seed: number };
  return { seed, steps: steps.map((line) => JSON.parse(line) as StepRecord) };
}
