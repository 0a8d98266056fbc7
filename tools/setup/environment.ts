import * as path from "node:path";
import { withoutCluster } from "../../foundation/shell-of-cluster";
import { findOnPath } from "./executables";
import { officialLanguageHost } from "./language-host";
import { cachedBinFolder, projectRoot } from "./paths";
import { findPulumi } from "./pulumi-cli";
import { stateBackend } from "./state";

/** What has to be set, beside what is set already, for `pulumi` to work in a project's folder. */
export interface ToolVariables {
  /** A folder that goes in front of PATH, or behind it. */
  pathFirst?: string;
  pathLast?: string;
  values: Record<string, string>;
}

/**
 * The environment for the Pulumi CLI and all it starts. What the user exported wins, but for a cluster that the shell was
 * pointed at.
 * @param project - the folder of Pulumi.yaml.
 */
export function toolsEnvironment(
  project: string = projectRoot,
  base: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const { pathFirst, pathLast, values } = toolVariables(project, base);
  const folders = [pathFirst, base.PATH, pathLast].filter(Boolean);
  return { ...withoutCluster(base), ...values, PATH: folders.join(path.delimiter) };
}

/** The line that makes a shell ready for `pulumi` typed by hand, or undefined when it is ready. */
export function exportLine(
  project: string = projectRoot,
  base: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const { pathFirst, pathLast, values } = toolVariables(project, base);
  const parts = Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}`);
  if (pathFirst) parts.unshift(`PATH=${quoted(pathFirst)}:"$PATH"`);
  if (pathLast) parts.unshift(`PATH="$PATH":${quoted(pathLast)}`);
  return parts.length > 0 ? `export ${parts.join(" ")}` : undefined;
}

export function toolVariables(project: string, base: NodeJS.ProcessEnv): ToolVariables {
  const cli = findPulumi(base);
  const values = { ...cliValues(cli?.origin), ...stateValues(project, base) };
  const missing = Object.entries(values).filter(([name]) => base[name] === undefined);
  return { ...folders(base, cli), values: Object.fromEntries(missing) };
}

function folders(base: NodeJS.ProcessEnv, cli: ReturnType<typeof findPulumi>): Omit<ToolVariables, "values"> {
  const onPath = (base.PATH ?? "").split(path.delimiter);
  // `npm run` puts its own wrapper of the CLI in front of everything, so being somewhere on PATH is not enough.
  const isFirst = cli !== undefined && findOnPath("pulumi", base) === cli.file;
  const pathFirst = cli && !isFirst ? path.dirname(cli.file) : undefined;
  const ours = cachedBinFolder(base);
  // Behind everything else: an official host that is installed later is found before ours.
  const pathLast = officialLanguageHost(base) || pathFirst === ours ? undefined : ours;
  return {
    pathFirst,
    pathLast: pathLast && onPath.includes(pathLast) ? undefined : pathLast,
  };
}

function cliValues(origin: string | undefined): Record<string, string> {
  return {
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Where the CLI itself could not be downloaded, plugins cannot either: a missing one fails at once and by name.
    ...(origin === "built" ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } : {}),
  };
}

function stateValues(project: string, base: NodeJS.ProcessEnv): Record<string, string> {
  const backend = stateBackend(project, base);
  if (backend.kind === "login") return {};
  return {
    PULUMI_BACKEND_URL: backend.url,
    // The salt of the secrets is taken from the state, so Pulumi.<stack>.yaml works with any passphrase.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    ...(base.PULUMI_CONFIG_PASSPHRASE === undefined
      ? { PULUMI_CONFIG_PASSPHRASE_FILE: backend.passphraseFile }
      : {}),
  };
}

function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
