import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import * as pulumi from "../resources/pulumi";
import { readIfFile } from "../foundation/read-file";
import type { ComposeFile, StackFile } from "../schema/stack";
import { hasLater, isLater } from "../resources/later";
import { programFolder } from "../resources/program-folder";
import { checkComposeFiles } from "../validation/compose";
import { checkSources, readSources } from "../validation/compose-sources";
import { checkStages } from "../validation/compose-stages";
import type { Declared } from "../validation/compose-references";
import { ignoredKeys } from "../validation/compose-ignored";
import { describeProblems, show, type Problem } from "../validation/problem";
import { report, reportOnceKnown, warn } from "./program-checks";

/** A compose file that is no file: its text is made by the program. */
export interface ComposeText {
  /** What messages call it. */
  name: string;
  /** The text, in YAML. */
  content: pulumi.Input<string>;
}

type Variables = Record<string, string>;

/** What messages call the compose file that the program itself writes. */
const WRITTEN = "compose";

/** A compose file that the program writes: as a text, or as an object. */
export function writtenCompose(compose: pulumi.Input<string | object>): ComposeText {
  const textOf = (known: string | object) =>
    typeof known === "string" ? known : stringify(known, { version: "1.1", aliasDuplicateObjects: false });
  if (hasLater(compose))
    return { name: WRITTEN, content: pulumi.output(compose as pulumi.Input<object>).apply(textOf) };
  return { name: WRITTEN, content: textOf(compose as string | object) };
}

/** The files with their texts. What cannot be read is reported by {@link reportComposeFiles}. */
export function readComposeFiles(sources: readonly (string | ComposeText)[]): ComposeText[] {
  return sources
    .filter((source) => (typeof source === "string" ? isFile(source) : checkText("", source).length === 0))
    .map((source) =>
      typeof source === "string" ? { name: source, content: readFileSync(fullPath(source), "utf8") } : source,
    );
}

/** Reports what would make the deploy fail: of texts that are there now, and of all together once the last one is known. */
export function reportComposeFiles(
  stack: string,
  sources: readonly (string | ComposeText)[],
  declared: Declared,
  env: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined,
): void {
  const variables = hasLater(env) ? undefined : ((env ?? {}) as Variables);
  const missing = checkPaths(sources);
  const files = readComposeFiles(sources);
  const written = files.filter(({ content }) => !isLater(content)) as ComposeFile[];
  const isWhole = written.length === files.length;
  const found = written.length > 0 ? checkComposeFiles(written, declared, { isWhole, variables }) : [];
  report(stack, [...missing, ...found]);
  if (isWhole) return;
  const isNew = ({ where, text }: Problem) => !found.some((one) => one.where === where && one.text === text);
  reportOnceKnown(stack, pulumi.output(files), (all) =>
    checkComposeFiles(all as ComposeFile[], declared, { variables }).filter(isNew),
  );
}

/** The same of what comes first: its form now, and its names once all texts are known. */
export function reportStages(
  stack: string,
  sources: readonly (string | ComposeText)[],
  stages: readonly (readonly string[])[] | undefined,
): void {
  const found = checkStages(stages);
  report(stack, found);
  if (!stages || found.length > 0) return;
  reportOnceKnown(stack, pulumi.output(readComposeFiles(sources)), (files) =>
    checkStages(stages, files as ComposeFile[]),
  );
}

/**
 * The files that compose files name, as inputs of the stack, and the problems of what they refer to. Files are read as soon as
 * texts and variables are known; where the latter come later they are unknown in a preview.
 */
export function filesOf(
  stack: string,
  sources: readonly (string | ComposeText)[],
  env: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined,
): pulumi.Input<StackFile[]> | undefined {
  const composeFiles = readComposeFiles(sources);
  const find = (files: ComposeFile[], variables: Variables) => {
    const found = readSources(files, variables, (file, name) =>
      readIfFile(path.resolve(programFolder(), path.dirname(file.name), name)),
    );
    return { found, problems: checkSources(files, variables, found) };
  };
  if (!hasLater(composeFiles) && !hasLater(env)) {
    const { found, problems } = find(composeFiles as ComposeFile[], (env ?? {}) as Variables);
    report(stack, problems);
    return found.length > 0 ? found : undefined;
  }
  const known = pulumi.all([pulumi.output(composeFiles), pulumi.output(env ?? {})]);
  const looked = known.apply(([files, variables]) => find(files as ComposeFile[], variables as Variables));
  reportOnceKnown(stack, looked, ({ problems }) => problems);
  return looked.apply(({ found }) => found);
}

/** Warns of what a swarm takes no notice of, in every preview and update. */
export function warnOfIgnored(stack: string, sources: readonly (string | ComposeText)[]): void {
  pulumi.output(readComposeFiles(sources)).apply((files) => {
    const ignored = ignoredKeys(files as ComposeFile[]);
    if (ignored.length > 0)
      warn(stack, `its compose files say what does nothing in a swarm:\n${describeProblems(ignored)}`);
  });
}

function checkPaths(sources: readonly (string | ComposeText)[]): Problem[] {
  if (sources.length === 0)
    return [
      {
        where: "composeFiles",
        text: "names no file, and there is no `compose`. Name at least one compose file, or write one there.",
      },
    ];
  return sources.flatMap((source, index) => {
    const where = `composeFiles[${index}]`;
    if (typeof source !== "string") return checkText(where, source);
    if (isFile(source)) return [];
    const text = `${show(source)} is no file (looked at ${fullPath(source)}). Paths start at the program's folder.`;
    return [{ where, text }];
  });
}

/** A text may be secret, so it is not repeated. */
function checkText(where: string, source: Partial<ComposeText> | null): Problem[] {
  const { name, content } = source ?? {};
  if (typeof name === "string" && name !== "" && (typeof content === "string" || isLater(content))) return [];
  return [
    {
      where,
      text: 'is neither a path nor a text with a name. Write it like { name: "shop.yml", content: "…" }.',
    },
  ];
}

function isFile(name: string): boolean {
  return existsSync(fullPath(name)) && statSync(fullPath(name)).isFile();
}

function fullPath(name: string): string {
  return path.resolve(programFolder(), name);
}
