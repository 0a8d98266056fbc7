import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import * as pulumi from "../resources/pulumi";
import type { ComposeFile } from "../schema/objects";
import { isLater } from "../resources/later";
import { programFolder } from "../resources/program-folder";
import { checkComposeFiles } from "../validation/compose";
import type { Declared } from "../validation/compose-references";
import { show, type Problem } from "../validation/problem";
import { report, reportOnceKnown } from "./program-checks";

/** A compose file that is no file: its text is made by the program. */
export interface ComposeText {
  /** What messages call it. */
  name: string;
  /** The text, in YAML. */
  content: pulumi.Input<string>;
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
): void {
  const missing = checkSources(sources);
  const files = readComposeFiles(sources);
  const written = files.filter(({ content }) => !isLater(content)) as ComposeFile[];
  const isWhole = written.length === files.length;
  const found = written.length > 0 ? checkComposeFiles(written, declared, isWhole) : [];
  report(stack, [...missing, ...found]);
  if (isWhole) return;
  const isNew = ({ where, text }: Problem) => !found.some((one) => one.where === where && one.text === text);
  reportOnceKnown(stack, pulumi.output(files), (all) =>
    checkComposeFiles(all as ComposeFile[], declared).filter(isNew),
  );
}

function checkSources(sources: readonly (string | ComposeText)[]): Problem[] {
  if (sources.length === 0)
    return [{ where: "composeFiles", text: "names no file. Name at least one compose file." }];
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
