import path from "node:path";
import { parse } from "dotenv";
import { readIfFile } from "../foundation/read-file";
import { programFolder } from "../resources/program-folder";
import { show, type Problem } from "../validation/problem";

/** The variables of files in the form of `.env`, later files over earlier ones, and the paths that are no such file. */
export function readEnvFiles(paths: readonly string[]): {
  variables: Record<string, string>;
  problems: Problem[];
} {
  const variables: Record<string, string> = {};
  const problems: Problem[] = [];
  paths.forEach((name, index) => {
    const place = path.resolve(programFolder(), String(name));
    const content = typeof name === "string" ? readIfFile(place) : undefined;
    if (content) Object.assign(variables, parse(content));
    else
      problems.push({
        where: `envFiles[${index}]`,
        text: `${show(name)} is no file that can be read (looked at ${place}). Paths start at the program's folder.`,
      });
  });
  return { variables, problems };
}
