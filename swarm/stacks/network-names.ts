import { isPair, isScalar, LineCounter, parseDocument, visit } from "yaml";
import type { ComposeFile } from "../../schema/stack";
import { standsFor, type PreparedFiles } from "./stack-files";
import type { Compose } from "./stack-deploy";

/** Of a service: what stands there is the name of something else. */
const OTHER_NAMES = ["image", "networks", "volumes", "configs", "secrets", "container_name"];

/** A use of a name, and the part of the file that it is in: "services.web". */
interface Use {
  where: string;
  part: string;
}

/**
 * Where a stack goes by the full name of a network that gets another one: `web.shop_default`, a proxy's label. In the compose files
 * with line, in configs, and in what variables have filled in.
 */
export function usesOf(
  network: string,
  composeFiles: readonly ComposeFile[],
  merged: Compose,
  prepared: PreparedFiles,
): string[] {
  const name = wordOf(network);
  const written = composeFiles.flatMap((file) => usesIn(file, name));
  const isNew = (part: string) => !written.some((use) => use.part === part);
  const filledIn = Object.entries(merged.services ?? {})
    .filter(([service]) => isNew(`services.${service}`))
    .flatMap(([service, value]) => pathsIn(value, name, ["services", service]));
  const configs = Object.entries(merged.configs ?? {})
    .filter(([config]) => isNew(`configs.${config}`))
    .filter(([, config]) => name.test(standsFor(config?.file, prepared)?.toString() ?? ""))
    .map(([config]) => `what the config ${config} holds`);
  return [...written.map(({ where }) => where), ...filledIn, ...configs];
}

/** The name by itself, or behind that of a service and a dot. */
function wordOf(network: string): RegExp {
  return new RegExp(`(?:^|[.=\\s"'])${network.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`);
}

function usesIn(file: ComposeFile, name: RegExp): Use[] {
  const lines = new LineCounter();
  const document = parseDocument(file.content, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error",
  });
  const found: Use[] = [];
  visit(document, {
    Scalar(key, { value, range }, ancestors) {
      const path = pathOf(ancestors);
      if (key === "key" || isOtherName(path) || typeof value !== "string" || !name.test(value)) return;
      const { line } = lines.linePos(range?.[0] ?? 0);
      found.push({ where: `${file.name}:${line} ${path.join(".")}`, part: path.slice(0, 2).join(".") });
    },
  });
  return found;
}

/** The keys of the mappings around a value. */
function pathOf(ancestors: readonly unknown[]): string[] {
  return ancestors.flatMap((ancestor) =>
    isPair(ancestor) && isScalar(ancestor.key) ? String(ancestor.key.value) : [],
  );
}

/** What a network is called where it is declared is its own matter. */
function isOtherName([section, , key]: readonly string[]): boolean {
  return section === "networks" || (section === "services" && OTHER_NAMES.includes(key));
}

function pathsIn(value: unknown, name: RegExp, path: string[]): string[] {
  if (isOtherName(path)) return [];
  if (typeof value === "string") return name.test(value) ? [path.join(".")] : [];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    pathsIn(inner, name, Array.isArray(value) ? path : [...path, key]),
  );
}
