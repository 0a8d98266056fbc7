import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { show, type Problem } from "../validation/problem";

const EXECUTABLE = "pulumi-resource-swarm";
const FILES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/**
 * What a Pulumi.yaml lacks so that Pulumi finds the provider that this package brings: it looks for one that it does not
 * know by its path among installed plugins, on PATH, and then on the internet.
 *
 * @param folder - of Pulumi.yaml; empty where no Pulumi CLI runs the program.
 */
export function projectFileProblems(folder: string, env: NodeJS.ProcessEnv): Problem[] {
  const name = FILES.find((file) => folder !== "" && existsSync(path.join(folder, file)));
  if (name === undefined || isFoundAnyway(env)) return [];
  const given = providerPath(readFileSync(path.join(folder, name), "utf8"));
  if (given !== undefined && existsSync(path.resolve(folder, given, EXECUTABLE))) return [];
  const lines = ["plugins:", "  providers:", "    - name: swarm", `      path: ${providerFolder(folder)}`];
  const found =
    given === undefined
      ? "does not say where the provider of pulumi-swarm is."
      : `says that the provider of pulumi-swarm is in ${show(given)}, where there is no ${EXECUTABLE}.`;
  return [
    {
      where: "plugins.providers",
      text: `${path.join(folder, name)} ${found} These lines tell it:\n\n${lines.map((line) => `      ${line}`).join("\n")}\n`,
    },
  ];
}

/** The path that a project file gives to the provider; nothing where it names none. */
function providerPath(text: string): string | undefined {
  const { plugins } = (parse(text) ?? {}) as { plugins?: { providers?: { name?: string; path?: string }[] } };
  const named = plugins?.providers?.find(({ name }) => name === "swarm");
  return named && String(named.path);
}

/** Through the project's own node_modules where it is there: the folder behind that link has a version in its name. */
function providerFolder(project: string): string {
  const linked = path.join("node_modules", "pulumi-swarm", "provider");
  if (existsSync(path.join(project, linked, EXECUTABLE))) return linked;
  return path.relative(project, path.join(packageFolder(__dirname), "provider"));
}

function packageFolder(from: string): string {
  return existsSync(path.join(from, "provider", EXECUTABLE)) ? from : packageFolder(path.dirname(from));
}

/** On PATH, among the installed plugins, or running already (`PULUMI_DEBUG_PROVIDERS`). */
function isFoundAnyway(env: NodeJS.ProcessEnv): boolean {
  if (/(^|,)swarm:/.test(env.PULUMI_DEBUG_PROVIDERS ?? "")) return true;
  const onPath = (env.PATH ?? "").split(path.delimiter);
  if (onPath.some((folder) => existsSync(path.join(folder, EXECUTABLE)))) return true;
  const installed = path.join(env.PULUMI_HOME ?? path.join(env.HOME ?? homedir(), ".pulumi"), "plugins");
  return (
    existsSync(installed) && readdirSync(installed).some((plugin) => plugin.startsWith("resource-swarm-"))
  );
}
