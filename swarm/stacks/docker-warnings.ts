import type { SwarmStackInputs } from "../../schema/stack";
import type { Context } from "../../foundation/context";
import { slot } from "../../foundation/session";
import { isTold, portAddressesTold } from "../../validation/compose-ignored";
import { preparedFiles } from "./stack-files";
import { masked } from "./stack-logs";

/** What `docker stack` has warned of in this run: a deploy merges, and merges again, and asks another manager after an error. */
const told = slot(() => new Set<string>());

/** How the CLI's logger writes a line where nobody looks at a terminal. */
const LOGGED = /^time="[^"]*" level=(\w+) msg="(.*)"$/;
/** Of an option that changes nothing here, on two lines; and what a login shell or sudo has to say of the machine. */
const NOISE = [/--detach=false/, /^(?:sudo|(?:ba|da)?sh): /];
const UNSUPPORTED = /^Ignoring unsupported options: (.*)$/;
const DEPRECATED = "Ignoring deprecated options:";
const ADDRESS = /^ignoring IP-address \((.+):[^:]*:[^:]+\) service will listen/;

/**
 * Shows what `docker stack` has warned of, without what is secret of the stack: once in a run, and nothing of what the program tells
 * of with file and line.
 *
 * @param stderr - what it has written there
 */
export function tellWarnings(stderr: string, inputs: SwarmStackInputs, context: Context): void {
  const warnings = warningsIn(stderr, inputs);
  if (warnings.length === 0) return;
  const prepared = preparedFiles(inputs);
  const known = context.session.get(told);
  const fresh = warnings
    .map((warning) => masked(warning, inputs, prepared, context))
    .filter((warning) => {
      const key = JSON.stringify([inputs.clusterId, inputs.name, warning]);
      return !known.has(key) && known.add(key);
    });
  if (fresh.length > 0) context.warn(`Docker says of it:\n${fresh.map((line) => `  - ${line}`).join("\n")}`);
}

/** Docker's warnings, one text for each, that nobody else tells of. */
export function warningsIn(
  stderr: string,
  { composeFiles, environment = {} }: Pick<SwarmStackInputs, "composeFiles" | "environment">,
): string[] {
  const addresses = portAddressesTold(composeFiles, environment);
  const warnings = blocksOf(stderr).flatMap((block): string[] => {
    const [, unsupported] = UNSUPPORTED.exec(block) ?? [];
    if (unsupported !== undefined) {
      const left = unsupported.split(", ").filter((option) => !isTold(option));
      return left.length > 0 ? [`Ignoring unsupported options: ${left.join(", ")}`] : [];
    }
    const [, option] = /^(\w+): /.exec(block) ?? [];
    if (block === DEPRECATED || (option !== undefined && isTold(option))) return [];
    const [, address] = ADDRESS.exec(block) ?? [];
    return address !== undefined && addresses.has(address) ? [] : [block];
  });
  return [...new Set(warnings)];
}

/** A line of the logger is one by itself; of others each paragraph, on one line. */
function blocksOf(stderr: string): string[] {
  const lines = stderr.split("\n").map((line) => line.trim());
  const kept = lines.filter((line) => !NOISE.some((noise) => noise.test(line)));
  const alone = kept.flatMap((line) => {
    const [, , message] = LOGGED.exec(line) ?? [];
    return message === undefined ? [line] : ["", message.replaceAll('\\"', '"'), ""];
  });
  const paragraphs = alone.join("\n").split(/\n{2,}/);
  return paragraphs.map((paragraph) => paragraph.trim().replaceAll("\n", " ")).filter(Boolean);
}
