import * as pulumi from "../resources/pulumi";
import type { OnceKnown } from "../platforms/judge";
import { hasLater, isLater, writtenPart } from "../resources/later";
import { firstUse } from "../resources/first-use";
import { holdRegistrations } from "../resources/held-registrations";
import { rootFolder } from "../resources/program-folder";
import { describeProblems, type Problem } from "../validation/problem";
import { isRunByPulumi, programEnd } from "./program-end";
import { projectFileProblems } from "./project-file";

// One process runs one program, whose components are made without anything that could hand a session along.
/* eslint-disable no-restricted-syntax */
let found: { component: string; problems: Problem[] }[] = [];
const looking = new Set<Promise<void>>();
let gate: Promise<pulumi.Resource[]> | undefined;
let wasOpened = false;
/* eslint-enable no-restricted-syntax */

/**
 * Collects what is wrong with a component. Problems of one program are reported together, after its end and before
 * anything is created.
 */
export function report(component: string, problems: Problem[]): void {
  if (problems.length > 0) found.push({ component, problems });
  gate ??= openAfterProgram();
}

/**
 * Warns of something in a component. The component is named in the text alone: the SDK writes a warning of a resource after its
 * registration, and everything behind it, so that of a program with problems, which registers nothing, no word would be seen.
 */
export function warn(component: string, text: string): void {
  void pulumi.log.warn(`${component}: ${text}`);
}

/** The same for problems that take a moment to find. */
export function reportLater(component: string, problems: Problem[] | Promise<Problem[]>): void {
  const look = Promise.resolve(problems).then((all) => {
    report(component, all);
    looking.delete(look);
  });
  looking.add(look);
  gate ??= openAfterProgram();
}

/**
 * Reports problems of a value as soon as it is known. A value from the configuration is known in time; one that comes
 * from another resource is not, and the provider checks that one.
 */
export function reportOnceKnown<T>(
  component: string,
  value: pulumi.Input<T>,
  check: (value: pulumi.Unwrap<T>) => Problem[],
): void {
  gate ??= openAfterProgram();
  const mine = gate;
  pulumi.output(value).apply((known) => {
    if (gate === mine) report(component, check(known));
  });
}

/** The same for a component's own parts, which know nothing of programs. */
export function onceKnownOf(component: string): OnceKnown {
  return (value, check) => reportOnceKnown<unknown>(component, value, check as (known: unknown) => Problem[]);
}

/**
 * Reports problems of a value that may hold outputs: of what is written down now, with an empty text in the place of each
 * output, and of the whole as soon as all of it is known.
 */
export function reportWithOutputs(
  component: string,
  value: unknown,
  check: (known: unknown) => Problem[],
): void {
  const found = isLater(value) ? [] : check(writtenPart(value));
  report(component, found);
  if (!hasLater(value)) return;
  const isNew = ({ where, text }: Problem) => !found.some((one) => one.where === where && one.text === text);
  reportOnceKnown(component, value, (known) => check(known).filter(isNew));
}

/** Options for a component: it is registered, with all that is below it, once the whole program was found to be right. */
export function onceProgramIsValid(opts?: pulumi.ComponentResourceOptions): pulumi.ComponentResourceOptions {
  firstUse();
  return pulumi.mergeOptions(opts, { dependsOn: programIsValid() });
}

/** Resolves when the whole program was found to be right, and only then. */
export function programIsValid(): Promise<pulumi.Resource[]> {
  gate ??= openAfterProgram();
  return gate;
}

function openAfterProgram(): Promise<pulumi.Resource[]> {
  const isOwnProcess = isRunByPulumi(process);
  const isWhole = isOwnProcess && !wasOpened;
  const isRest = isOwnProcess && wasOpened;
  wasOpened = true;
  const release = isWhole ? holdRegistrations() : () => undefined;
  return allLooked(isWhole ? programEnd(process, () => looking.size > 0, release) : endOfTurn()).then(() => {
    report("Pulumi.yaml", projectFileProblems(rootFolder(), process.env));
    gate = undefined;
    const all = found;
    found = [];
    if (all.length > 0) fail(all, isRest ? "nothing of these" : "nothing");
    release();
    return [];
  });
}

/** For what is made after the program waited for something of ours, and where many programs share a process. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Values that need nothing else are known, and every look has ended. */
async function allLooked(end: Promise<void>): Promise<void> {
  await end;
  while (looking.size > 0) await Promise.all(looking);
}

function fail(all: { component: string; problems: Problem[] }[], spared: string): never {
  const components = [...new Set(all.map(({ component }) => component))];
  const text = components
    .map((name) => {
      const problems = all.filter(({ component }) => component === name).flatMap((one) => one.problems);
      return `${name}\n${describeProblems(problems)}`;
    })
    .join("\n");
  const message = `The program has problems; ${spared} was created or changed.\n${text}`;
  const error = new pulumi.RunError(message);
  // Newer SDKs write "error serializing property …" in front of it for each property that waits for the gate
  // (runtime/rpc.ts), and have to find the same error: so the text stays as it is.
  Object.defineProperty(error, "message", { get: () => message, set: () => undefined });
  // Once the program has ended, Pulumi prints the stack of a RunError, too: places in our sources, of no use here.
  error.stack = undefined;
  throw error;
}
