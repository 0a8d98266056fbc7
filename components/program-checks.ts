import * as pulumi from "@pulumi/pulumi";
import { describeProblems, type Problem } from "../validation/problem";

let found: { component: string; problems: Problem[] }[] = [];
let gate: Promise<pulumi.Resource[]> | undefined;

/**
 * Collects what is wrong with a component. Problems of one program are reported together, after its last line ran
 * and before anything is created.
 */
export function report(component: string, problems: Problem[]): void {
  if (problems.length > 0) found.push({ component, problems });
  gate ??= openAfterProgram();
}

/** What a cluster's first resources depend on: resolves when the whole program was found to be right, and only then. */
export function programIsValid(): Promise<pulumi.Resource[]> {
  gate ??= openAfterProgram();
  return gate;
}

function openAfterProgram(): Promise<pulumi.Resource[]> {
  return new Promise((resolve) => {
    setImmediate(() => {
      gate = undefined;
      const all = found;
      found = [];
      if (all.length === 0) resolve([]);
      else fail(all);
    });
  });
}

function fail(all: { component: string; problems: Problem[] }[]): never {
  const text = all.map(({ component, problems }) => `${component}\n${describeProblems(problems)}`).join("\n");
  throw new pulumi.RunError(`The program has problems; nothing was created or changed.\n${text}`);
}
