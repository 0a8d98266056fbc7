import { parseDocument } from "yaml";
import { castAt } from "./compose-casts";
import { interpolate } from "./compose-interpolate";

/** A compose file's values as Docker's schema gets to see them. */
export interface ComposeInstance {
  value: Record<string, unknown>;
  /** Texts whose variables could not be filled in, by their path, and why. */
  failures: { path: string[]; message: string }[];
}

/** What a file holds besides, as Docker Compose has it: it becomes a file before Docker looks. */
const BECOME_FILES = ["environment", "content"];

/**
 * @param variables - nothing while they are not known: then texts with a `$` stay as they are
 * @param version - of YAML
 */
export function instanceOf(
  content: string,
  variables: Readonly<Record<string, string>> | undefined,
  version: "1.1" | "1.2",
): ComposeInstance {
  const failures: ComposeInstance["failures"] = [];
  const fill = (value: unknown, path: string[]): unknown => {
    if (Array.isArray(value)) return value.map((inner, index) => fill(inner, [...path, String(index)]));
    if (value !== null && typeof value === "object")
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, fill(inner, [...path, key])]),
      );
    if (typeof value !== "string" || !variables || !value.includes("$")) return value;
    try {
      return castAt(path, interpolate(value, variables));
    } catch (error) {
      failures.push({ path, message: (error as Error).message });
      return value;
    }
  };
  const {
    version: given,
    services,
    ...sections
  } = read(content, version) as Record<string, Record<string, unknown>>;
  // Docker fills in what is below these alone.
  const filled = ["networks", "volumes", "secrets", "configs"].flatMap((name) =>
    name in sections ? [[name, asFiles(fill(sections[name], [name]))]] : [],
  );
  const parts = [
    ...Object.entries(sections),
    ...filled,
    ...(given === undefined ? [] : [["version", given]]),
    ...(services === undefined ? [] : [["services", fill(services, ["services"])]]),
  ];
  return { value: Object.fromEntries(parts) as Record<string, unknown>, failures };
}

/** Dates are texts to Docker. */
function read(content: string, version: "1.1" | "1.2"): unknown {
  const document = parseDocument(content, {
    version,
    merge: true,
    logLevel: "silent",
    customTags: (tags) => tags.filter((tag) => typeof tag === "string" || !tag.tag.endsWith(":timestamp")),
  });
  return document.toJS({ maxAliasCount: -1 }) ?? {};
}

function asFiles(section: unknown): unknown {
  if (section === null || typeof section !== "object") return section;
  const entries = Object.entries(section).map(([name, object]: [string, unknown]) => {
    if (object === null || typeof object !== "object") return [name, object];
    const kept = Object.entries(object).filter(([key]) => !BECOME_FILES.includes(key));
    const isWhole = kept.length === Object.keys(object).length;
    return [name, isWhole ? object : { file: "f", ...Object.fromEntries(kept) }];
  });
  return Object.fromEntries(entries) as object;
}
