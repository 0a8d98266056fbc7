import type { DoctorFacts, SwarmFacts } from "./doctor-facts";

/** `fail` is what costs, or will soon cost, service or data; `warn` is what a reader should know and decide. */
export type Level = "pass" | "warn" | "fail";

/** What a rule says of the facts. */
export interface Verdict {
  level: Level;
  /** What was seen, with the values. */
  found: string;
  /** What to do, for anything but a pass. */
  remedy?: string;
}

export interface Finding extends Verdict {
  check: string;
  /** The item of the CIS Docker Benchmark that asks for it. */
  cis?: string;
}

/** One check: pure, facts in, verdict out. */
export interface Rule {
  check: string;
  cis?: string;
  judge: (facts: DoctorFacts) => Verdict | undefined;
}

/** A rule that looks at the swarm as its managers see it; without an answer of theirs it judges nothing. */
export function swarmRule(
  check: string,
  judge: (swarm: SwarmFacts, facts: DoctorFacts) => Verdict,
  cis?: string,
): Rule {
  return { check, cis, judge: (facts) => facts.swarm && judge(facts.swarm, facts) };
}

/** A rule that looks at the machines of the nodes alone. */
export function machineRule(
  check: string,
  judge: (facts: DoctorFacts) => Verdict | undefined,
  cis?: string,
): Rule {
  return { check, cis, judge };
}

export const pass = (found: string): Verdict => ({ level: "pass", found });
export const warn = (found: string, remedy: string): Verdict => ({ level: "warn", found, remedy });
export const fail = (found: string, remedy: string): Verdict => ({ level: "fail", found, remedy });

/** "1 node", "2 nodes". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
