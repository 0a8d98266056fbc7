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
  /** How many versions stay in the swarm, the current one among them. @default 1 */
  keep?: number;
  /** Labels of the object. @default none */
  labels?: Record<string, string>;
  /** Take over an object of this name that somebody else has made. @default false */
  adopt?: boolean;
}

/** A secret in the configuration. @settings */
export interface SecretContent extends Content {
  /** Content made at random, in place of `data` and `file`. @default one of these */
  generate?: {
    /** How many characters, 8 to 1024. @default 32 */
    length?: number;
    /** "alphanumeric", or the characters themselves. @default "alphanumeric" */
    charset?: string;
  };
  /** Any new value makes generated content anew. */
  rotate?: string;
  /** Age at which an update makes generated content anew, such as "90d". @default never by age */
  rotateEvery?: string;
}

/** @param type - the interface that names its keys */
export function checkContent(
  where: string,
  content: string | SecretContent,
  type: "Content" | "SecretContent" = "Content",
): Problem[] {
  if (typeof content === "string") return [];
  const { data, file, generate } = content;
  const problems = unknownKeys(where, content, keysOf(type));
  const given = [data, file, generate].filter((one) => one !== undefined);
  const isSecret = type === "SecretContent";
  if (given.length !== 1)
    problems.push({
      where,
      text: `needs its content as text, or one of \`data\`${isSecret ? ", `file` and `generate`" : " and `file`"}.`,
    });
  if (file !== undefined && !isFile(file))
    problems.push({
      where: `${where}.file`,
      text: `${show(file)} is no file (looked at ${fullPath(file)}).`,
    });
  return problems;
}

/** What is written into the stack's file ends in a repository. */
export function checkSecrecy(name: string, content: string | SecretContent, isEncrypted: boolean): Problem[] {
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

/** As `Secret` takes it. */
export function secretArgsOf(
  content: string | SecretContent,
): Omit<SecretContent, "file" | "data"> & { data?: string } {
  if (typeof content === "string" || content.generate === undefined) return argsOf(content);
  const { data: _reported, file: _too, ...rest } = content;
  return rest;
}

function fullPath(file: string): string {
  return path.resolve(programFolder(), file);
}

function isFile(file: string): boolean {
  return existsSync(fullPath(file)) && statSync(fullPath(file)).isFile();
}
