import { isMap, isPair, isScalar, LineCounter, parseDocument, visit, type Node } from "yaml";
import type { ComposeFile } from "../../schema/stack";
import { standsFor, type PreparedFiles } from "./stack-files";
import type { Compose } from "./stack-deploy";

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
  const names = namesOf(network);
  const written = composeFiles.flatMap((file) => usesIn(file, names));
  const known = new Set(written.map(({ service }) => service));
  const filledIn = Object.entries(merged.services ?? {})
    .filter(([service]) => !known.has(service))
    .flatMap(([service, value]) => pathsIn(value, names).map((path) => `services.${service}.${path}`));
  const configs = Object.entries(merged.configs ?? {})
    .filter(([, config]) => names.test(standsFor(config?.file, prepared)?.toString() ?? ""))
    .map(([config]) => `the config ${config}`);
  return [...written.map(({ where }) => where), ...filledIn, ...configs];
}

/** The name as a whole word; it may stand behind a service's and a dot. */
function namesOf(network: string): RegExp {
  return new RegExp(`(?<![\\w-])${network.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`);
}

function usesIn(file: ComposeFile, names: RegExp): { where: string; service: string }[] {
  const lines = new LineCounter();
  const document = parseDocument(file.content, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error",
  });
  const found: { where: string; service: string }[] = [];
  visit(document, {
    Scalar(key, { value, range }, ancestors) {
      const path = pathOf([...ancestors] as Node[]);
      // What a network is called there is its own matter.
      if (key === "key" || path[0] === "networks" || typeof value !== "string" || !names.test(value)) return;
      const { line } = lines.linePos(range?.[0] ?? 0);
      found.push({ where: `${file.name}:${line} ${path.join(".")}`, service: path[1] });
    },
  });
  return found;
}

/** The keys of the mappings around a value. */
function pathOf(ancestors: unknown[]): string[] {
  return ancestors.flatMap((ancestor, index) =>
    isPair(ancestor) && isScalar(ancestor.key) && isMap(ancestors[index - 1])
      ? String(ancestor.key.value)
      : [],
  );
}

function pathsIn(value: unknown, names: RegExp): string[] {
  if (typeof value === "string") return names.test(value) ? [""] : [];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    pathsIn(inner, names).map((path) => [Array.isArray(value) ? "" : key, path].filter(Boolean).join(".")),
  );
}
