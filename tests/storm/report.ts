import { table } from "../../validation/table";
import type { Violation } from "./judge";
import { describeStep } from "./plan";
import type { Recording } from "./recording";

/** The steps of a storm as a table; below it which faults struck, what the product did, and what was wrong. */
export function reportOf({ seed, steps }: Recording, violations: readonly Violation[]): string {
  const rows = steps.map(({ step, operations, asked }) => [
    String(step.number),
    describeStep(step),
    operations.map(({ seconds, killed }) => (killed ? "killed" : `${seconds} s`)).join(", "),
    `${asked.lost.length}/${asked.requests}`,
    asked.slowest.toFixed(1),
    violations.some((violation) => violation.step === step.number) ? "VIOLATED" : "ok",
  ]);
  const struck = steps.flatMap((record) => record.struck);
  return [
    `seed ${seed}, ${steps.length} steps, ${violations.length} violations`,
    table(["STEP", "WHAT", "UP", "LOST", "SLOWEST", "RESULT"], rows),
    `faults that struck: ${counted(struck.filter((one) => one.struck).map(({ name }) => name))}`,
    `faults that did not: ${counted(struck.filter((one) => !one.struck).map(({ name }) => name))}`,
    `what was done: ${counted(steps.flatMap(({ operations }) => operations.flatMap((one) => actions(one.changes))))}`,
    `what it said: ${counted(steps.flatMap(({ operations }) => operations.flatMap(({ text }) => paths(text))))}`,
    ...violations.map(({ step, text }) => `step ${step}: ${text}`),
  ].join("\n\n");
}

/** "create SwarmNode", without the names. */
function actions(changes: Record<string, string>): string[] {
  return Object.entries(changes).map(([name, op]) => `${op} ${name.split(" ")[0]}`);
}

/** Words by which the provider says which way it went; a line that is followed by others of its kind counts once. */
const PATHS = [
  "initialising",
  "joining as manager",
  "joining as worker",
  "its join failed and was begun again",
  "demoting",
  "draining",
  "moving",
  "leaving",
  "waiting for a leader",
  "unlocking",
  "starting",
  "deploying",
  "removing",
  "is gone",
  "was changed",
  "could not be told to leave",
  "first",
];

function paths(text: string): string[] {
  return PATHS.filter((words) => text.includes(words));
}

function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const rows = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([name, count]) => `${name} ${count}`);
  return rows.join(", ") || "none";
}
