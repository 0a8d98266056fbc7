import path from "node:path";
import type { SwarmStackInputs } from "../../schema/stack";
import { contentOf, sourcesOf } from "../../validation/compose-sources";

type Inputs = Pick<SwarmStackInputs, "composeFiles" | "files" | "environment">;

/** A file as it travels to the manager that merges. */
export interface SentFile {
  name: string;
  content: string | Buffer;
}

/** Compose files whose references lead to what travels with them. */
export interface PreparedFiles {
  /** In the order of the compose files. */
  composeFiles: SentFile[];
  /** What `env_file` names. */
  others: SentFile[];
  /** Stands for the file of a config or secret → its content, which does not travel. */
  contents: Map<string, Buffer>;
}

/**
 * Puts names of ours in the place of what compose files refer to, in the text itself, so that the rest of it stays as it was
 * written. `environment` and `content` of a config or secret become a `file`: Docker's stacks know neither.
 */
export function preparedFiles({ composeFiles, files = [], environment = {} }: Inputs): PreparedFiles {
  const prepared: PreparedFiles = { composeFiles: [], others: [], contents: new Map() };
  composeFiles.forEach((file, index) => {
    let text = file.content;
    const sources = sourcesOf(file, environment);
    // From the end, so that what comes before it stays where it is.
    const backwards = [...sources].sort((a, b) => b.range[0] - a.range[0]);
    for (const source of backwards) {
      const name = `pulumi-swarm-${index}-${source.range[0]}`;
      const content = contentOf(source, index, environment, files);
      // Docker's own complaint is as good as any: Check has told of it before.
      if (!content) continue;
      if (source.kind === "env_file") prepared.others.push({ name, content });
      else prepared.contents.set(name, content);
      const [from, to] = source.range;
      text = text.slice(0, from) + inPlaceOf(text.slice(from, to), source.kind, name) + text.slice(to);
    }
    prepared.composeFiles.push({ name: `${index}.yml`, content: text });
  });
  return prepared;
}

/** A block of lines ends with a line's end, which the next key needs. */
function inPlaceOf(former: string, kind: string, name: string): string {
  const entry = kind === "env_file" ? `"${name}"` : `file: "${name}"`;
  return former.endsWith("\n") ? `${entry}\n` : entry;
}

/** What the merged file's `file` of a config or secret stands for: Docker makes its path absolute. */
export function standsFor(file: unknown, { contents }: PreparedFiles): Buffer | undefined {
  return typeof file === "string" ? contents.get(path.posix.basename(file)) : undefined;
}
