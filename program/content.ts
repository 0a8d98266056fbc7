import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { keysOf } from "../schema/package-schema";
import { programFolder } from "../resources/program-folder";
import { unknownKeys } from "../validation/unknown-keys";
import { show, type Problem } from "../validation/problem";

/** A config or secret in the configuration: its content, or where that is. @settings */
export interface Content {
  /** The content itself. @default that of `file` */
  data?: string;
  /** Path of a file with the content, from the project's folder. @default `data` counts */
  file?: string;
  /** Fill placeholders such as {{.Service.Name}} or {{.Task.ID}} in each task. @default false */
  templated?: boolean;
  /** Labels of the object. @default none */
  labels?: Record<string, string>;
  /** Take over an object of this name that somebody else has made. @default false */
  adopt?: boolean;
}

export function checkContent(where: string, content: string | Content): Problem[] {
  if (typeof content === "string") return [];
  const { data, file } = content;
  const problems = unknownKeys(where, content, keysOf("Content"));
  if ((data === undefined) === (file === undefined))
    problems.push({ where, text: "needs its content as text, or one of `data` and `file`." });
  if (file !== undefined && !isFile(file))
    problems.push({
      where: `${where}.file`,
      text: `${show(file)} is no file (looked at ${fullPath(file)}).`,
    });
  return problems;
}

/** What is written into the stack's file ends in a repository. */
export function checkSecrecy(name: string, content: string | Content, isEncrypted: boolean): Problem[] {
  const isWritten = typeof content === "string" || content.data !== undefined;
  if (isEncrypted || !isWritten) return [];
  const remedy = `Encrypt it: pulumi config set --secret --path secrets.${name}`;
  return [{ where: `secrets.${name}`, text: `is in clear text in the stack's configuration. ${remedy}` }];
}

/** In place of what is missing, which has been reported: its emptiness is no further problem. */
const REPORTED = "-";

/** As `Config` and `Secret` take it; a file is read here. */
export function argsOf(content: string | Content): Omit<Content, "file" | "data"> & { data: string } {
  if (typeof content === "string") return { data: content };
  const { data, file, ...rest } = content;
  if (file === undefined) return { ...rest, data: data ?? REPORTED };
  return { ...rest, data: isFile(file) ? readFileSync(fullPath(file), "utf8") : REPORTED };
}

function fullPath(file: string): string {
  return path.resolve(programFolder(), file);
}

function isFile(file: string): boolean {
  return existsSync(fullPath(file)) && statSync(fullPath(file)).isFile();
}
