import { EDITS } from "./edits";
import { CLI_KILLED, faultCalled, FAULTS, lasting, type Fault } from "./faults";
import type { Model } from "./model";
import type { Random } from "./random";

/** A fault of a step: which, where, and for how long before the `up`. */
export interface PlannedFault {
  name: string;
  node: string;
  seconds: number;
}

/** One step of the storm: what the program changes, what happens beside it, and then one `up --refresh`. */
export interface Step {
  number: number;
  edits: string[];
  /** Nodes whose machine `--replace` is given. */
  replaced: string[];
  faults: PlannedFault[];
  /** Seconds after which the `up` is killed; the next one counts. */
  killedAfter?: number;
  before: Model;
  after: Model;
}

const MOST = 3;

/** Chooses one to three edits and faults; the same for equal seeds. */
export function planStep(number: number, before: Model, random: Random): Step {
  const step: Step = { number, edits: [], replaced: [], faults: [], before, after: before };
  const wanted = random.between(1, MOST);
  while (step.edits.length + step.faults.length + (step.killedAfter ? 1 : 0) < wanted) {
    if (random.below(2) === 0) addEdit(step, random);
    else addFault(step, random);
  }
  return step;
}

function addEdit(step: Step, random: Random): void {
  const fitting = EDITS.filter(
    ({ name, fits }) => !step.edits.includes(name) && (fits?.(step.after) ?? true),
  );
  const edit = random.pick(fitting);
  step.edits.push(edit.name);
  step.after = { ...step.after, ...edit.change(step.after, random) };
  const replaced = edit.replaced?.(step.before, random);
  if (replaced) step.replaced.push(replaced);
}

function addFault(step: Step, random: Random): void {
  const choices: (Fault | undefined)[] = [...FAULTS.filter((fault) => mayStrike(fault, step)), undefined];
  const fault = random.pick(choices);
  if (!fault) {
    step.killedAfter ??= random.between(1, 20);
    return;
  }
  const node = random.pick(fault.nodes(step.before).filter((name) => isFree(name, fault, step)));
  step.faults.push({ name: fault.name, node, seconds: lasting(random) });
}

/** A machine that is gone can have no second accident, and what needs a manager's word needs a quorum. */
function mayStrike(fault: Fault, step: Step): boolean {
  return fault.nodes(step.before).some((name) => isFree(name, fault, step));
}

function isFree(node: string, fault: Fault, step: Step): boolean {
  if (step.faults.some((other) => other.node === node && (node !== "" || other.name === fault.name)))
    return false;
  if (fault.takes !== "machine") return hasQuorum(step, []);
  // Gone for good: the majority stays, or only `recover` would help.
  return fault.name !== "deleted with its volume" || hasQuorum(step, [node], deleted(step));
}

function deleted({ faults }: Step): string[] {
  return faults.filter(({ name }) => name === "deleted with its volume").map(({ node }) => node);
}

/** Whether the managers that no fault takes, and not these either, are a majority. */
export function hasQuorum(
  { before, faults }: Pick<Step, "before" | "faults">,
  more: readonly string[],
  gone: readonly string[] = faults
    .filter(({ name }) => faultCalled(name).takes === "machine")
    .map(({ node }) => node),
): boolean {
  const lost = before.managers.filter((name) => gone.includes(name) || more.includes(name));
  return lost.length * 2 < before.managers.length;
}

/** "a worker more; manager-2 paused 6 s". */
export function describeStep({ edits, replaced, faults, killedAfter }: Step): string {
  return [
    ...edits.map((edit) => (edit === "a machine replaced" ? `${replaced.join(", ")} replaced` : edit)),
    ...faults.map(({ name, node, seconds }) => [node, name, seconds ? `${seconds} s` : ""].join(" ").trim()),
    ...(killedAfter ? [`${CLI_KILLED} after ${killedAfter} s`] : []),
  ].join("; ");
}
