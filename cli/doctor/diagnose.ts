import type { DoctorFacts } from "./doctor-facts";
import { fail, type Finding, type Rule } from "./finding";
import { budgetRules } from "./rules-budget";
import { engineRules } from "./rules-engines";
import { managerRules } from "./rules-managers";
import { networkRules } from "./rules-networks";
import { nodeRules } from "./rules-nodes";
import { overlayRules } from "./rules-overlays";
import { securityRules } from "./rules-security";
import { serviceRules } from "./rules-services";
import { timeRules } from "./rules-time";
import { SWARM_COMMAND } from "../../foundation/command-lines";

export const RULES: readonly Rule[] = [
  ...managerRules,
  ...nodeRules,
  ...engineRules,
  ...serviceRules,
  ...timeRules,
  ...networkRules,
  ...budgetRules,
  ...overlayRules,
  ...securityRules,
];

/** What every rule says of the facts. What could not be looked at is a finding as well. */
export function diagnose(facts: DoctorFacts, rules = RULES): Finding[] {
  const skipped: string[] = [];
  const findings = rules.flatMap<Finding>(({ check, cis, judge }) => {
    const verdict = judge(facts);
    if (!verdict) skipped.push(check);
    return verdict ? [{ check, ...verdict, cis }] : [];
  });
  if (facts.swarmFailure !== undefined) {
    const remedy = `Unlock or bring back managers until more than half of them run: ${SWARM_COMMAND} unlock`;
    findings.unshift({ check: "swarm", ...fail(facts.swarmFailure, remedy) });
  }
  if (skipped.length > 0) findings.push(notLookedAt(skipped));
  return findings;
}

function notLookedAt(checks: readonly string[]): Finding {
  return {
    check: "not looked at",
    level: "warn",
    found: checks.join(", "),
    remedy: "Nothing could be asked about them: mend what failed, and run the doctor again.",
  };
}
