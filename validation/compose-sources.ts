import type { ComposeFile, StackFile } from "../schema/stack";
import { interpolate } from "./compose-interpolate";
import type { ComposeNode } from "./compose-node";
import { readCompose } from "./compose-read";
import { objectionToSize } from "./objects";
import { show, type Problem } from "./problem";

/** Something that a compose file holds only the name of. */
export interface ComposeSource {
  kind: "env_file" | "config" | "secret";
  /** `environment` and `content` are of Docker Compose; its stacks know neither. */
  how: "file" | "environment" | "content";
  /** The path, the variable's name, or the content itself; variables are filled in. */
  text: string;
  /** What stands for it in the file's text: a path alone, or for a config or secret its key as well. */
  range: [from: number, to: number];
  where: string;
}

type Variables = Readonly<Record<string, string>>;

/** What a file refers to. What is no YAML, or has a variable that is missing, refers to nothing: others tell of that. */
export function sourcesOf(file: ComposeFile, variables: Variables): ComposeSource[] {
  const { root } = readCompose(file);
  const sources: ComposeSource[] = [];
  const take = (
    kind: ComposeSource["kind"],
    how: ComposeSource["how"],
    value: ComposeNode,
    key?: ComposeNode,
  ) => {
    const to = value.range;
    const from = key ? key.range : to;
    // What an alias stands for is looked at once.
    if (value.text === undefined || !from || !to || sources.some(({ range }) => range[1] === to[1])) return;
    try {
      const text = how === "environment" ? value.text : interpolate(value.text, variables);
      sources.push({ kind, how, text, range: [from[0], to[1]], where: value.where });
    } catch {
      return;
    }
  };
  for (const { value: service } of root?.child("services")?.entries ?? []) {
    const envFile = service.child("env_file");
    for (const one of envFile ? [envFile, ...envFile.items] : []) take("env_file", "file", one);
  }
  for (const kind of ["config", "secret"] as const) {
    for (const { value: object } of root?.child(`${kind}s`)?.entries ?? []) {
      for (const { key, value } of object.entries) {
        const how = key.text;
        if (how === "file" || how === "environment" || (how === "content" && kind === "config"))
          take(kind, how, value, key);
      }
    }
  }
  return sources;
}

/**
 * The files that compose files name, read. What cannot be read is missing; {@link checkSources} tells of it.
 *
 * @param read - gets the paths that are tried for each, the likeliest first
 */
export function readSources(
  composeFiles: readonly ComposeFile[],
  variables: Variables,
  read: (composeFile: ComposeFile, path: string) => Buffer | undefined,
): StackFile[] {
  return composeFiles.flatMap((file, composeFile) => {
    const paths = sourcesOf(file, variables).filter(({ how }) => how === "file");
    return [...new Set(paths.map(({ text }) => text))].flatMap((path) => {
      // Docker looks beside the first one alone, whichever names it.
      const content = read(file, path) ?? read(composeFiles[0], path);
      return content ? [{ composeFile, path, content: content.toString("base64") }] : [];
    });
  });
}

/** What is missing of what compose files refer to, or is too large for a swarm. Contents may be secret and are not repeated. */
export function checkSources(
  composeFiles: readonly ComposeFile[],
  variables: Variables,
  files: readonly StackFile[],
): Problem[] {
  return composeFiles.flatMap((file, index) =>
    sourcesOf(file, variables).flatMap((source) => {
      const content = contentOf(source, index, variables, files);
      const text = content ? objectionTo(source, content.length) : missing(source, file);
      return text === undefined ? [] : [{ where: source.where, text }];
    }),
  );
}

/** What a source holds; nothing where that is not known. */
export function contentOf(
  { how, text }: ComposeSource,
  composeFile: number,
  variables: Variables,
  files: readonly StackFile[],
): Buffer | undefined {
  if (how === "content") return Buffer.from(text);
  if (how === "environment") return Object.hasOwn(variables, text) ? Buffer.from(variables[text]) : undefined;
  const found = files.find((file) => file.composeFile === composeFile && file.path === text);
  return found && Buffer.from(found.content, "base64");
}

function missing({ kind, how, text }: ComposeSource, { name }: ComposeFile): string {
  if (how === "environment")
    return `the variable ${show(text)} of this ${kind} has no value. Give it to the stack, in its \`env\`.`;
  return `${show(text)} is no file that can be read. Paths start at the folder of ${name}.`;
}

function objectionTo({ kind, how, text }: ComposeSource, bytes: number): string | undefined {
  const objection = kind === "env_file" ? undefined : objectionToSize(kind, bytes);
  return objection && `${how === "file" ? `the file ${show(text)}` : `its ${how}`} ${objection}`;
}
