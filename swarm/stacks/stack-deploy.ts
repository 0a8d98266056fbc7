import { parse } from "yaml";
import type { SwarmStackInputs } from "../../schema/stack";
import { ownerLabels } from "../../schema/owner";
import { composeText } from "./compose-text";
import { engineError } from "../../docker/errors";
import type { Context } from "../../foundation/context";
import type { Transport } from "../../transport/transport";
import { tellWarnings } from "./docker-warnings";
import { deployCommand, tarOf } from "./stack-command";
import { whileTrusted } from "./trusted-registries";
import type { PreparedFiles } from "./stack-files";
import type { ComposeSection, MadeVersions } from "./stack-versions";

/**
 * Docker's own implementation merges, checks and deploys; this file only carries files to it. They travel on stdin:
 * nothing of a compose file or its variables shows in a process list, and nothing is left on the manager.
 */
const MERGE = `
set -e
dir=
trap '[ -z "$dir" ] || rm -rf "$dir"' EXIT
# A signal alone would end dash without its EXIT trap.
trap 'exit 129' HUP INT TERM
dir=$(mktemp -d)
tar -x -C "$dir"
cd "$dir"
. ./variables
docker stack config "$@"
`;

const IMAGE_LABEL = "pulumi-swarm.image";

type Labels = Record<string, string>;

export interface ComposeService {
  image?: string;
  env_file?: unknown;
  labels?: Labels;
  deploy?: { labels?: Labels; [key: string]: unknown };
  [key: string]: unknown;
}

/** A network, config or secret. */
interface ComposeObject {
  external?: unknown;
  labels?: Labels;
}

/** One that Docker has merged. */
export interface Compose {
  services?: Record<string, ComposeService>;
  configs?: ComposeSection;
  secrets?: ComposeSection;
  [section: string]: unknown;
}

/** The stack's compose files merged into one by `docker stack config`, variables filled in, and read. */
export async function mergedCompose(
  transport: Transport,
  inputs: SwarmStackInputs,
  { composeFiles: files, others }: PreparedFiles,
  context: Context,
): Promise<Compose> {
  const variables = Object.entries(inputs.environment ?? {})
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join("");
  const archive = await tarOf([...files, ...others, { name: "variables", content: variables }]);
  const flags = files.flatMap(({ name }) => ["--compose-file", name]);
  const { exitCode, stdout, stderr } = await transport.run(["sh", "-c", MERGE, "sh", ...flags], {
    stdin: archive,
    signal: context.signal,
  });
  if (exitCode !== 0) {
    const names = inputs.composeFiles.map(({ name }, index) => `${index}.yml is ${name}`).join(", ");
    throw engineError(transport.node, `docker stack config (${names})`, 0, stderr);
  }
  tellWarnings(stderr, inputs, context);
  return parse(stdout) as Compose;
}

/**
 * Points the names that the compose file uses at the versions this program made, and marks all that the deploy makes
 * as ours. What the program does not name is left to Docker.
 */
export function withOurObjects(
  merged: Compose,
  inputs: SwarmStackInputs,
  made?: Pick<MadeVersions, "configs" | "secrets">,
): string {
  const compose = structuredClone(merged);
  const sections = {
    secrets: { ...made?.secrets, ...inputs.secrets },
    configs: { ...made?.configs, ...inputs.configs },
    networks: inputs.networks,
  };
  for (const [section, names] of Object.entries(sections)) {
    for (const [name, actual] of Object.entries(names ?? {})) {
      compose[section] = { ...(compose[section] as object), [name]: { external: true, name: actual } };
    }
  }
  const labels = ownerLabels(inputs.owner);
  markObjects(compose, labels);
  for (const service of Object.values(compose.services ?? {})) {
    // What they hold is among the variables by now, and they are gone.
    delete service.env_file;
    const fingerprint = inputs.imageFingerprints?.[service.image ?? ""];
    // A container label: it changes the task, so tasks of an image that is another one under the same tag are renewed.
    if (fingerprint) service.labels = { ...service.labels, [IMAGE_LABEL]: fingerprint.slice(0, 16) };
    service.deploy = {
      ...service.deploy,
      labels: { ...service.deploy?.labels, ...labels },
    };
    if (inputs.onFailure === "pause" && !isJob(service))
      service.deploy.update_config = {
        ...(service.deploy.update_config as object | undefined),
        failure_action: "pause",
      };
  }
  // Variables are filled in by now.
  return composeText(compose);
}

/** Docker takes no settings of an update from a job. */
export function isJob({ deploy }: ComposeService): boolean {
  return typeof deploy?.mode === "string" && deploy.mode.endsWith("-job");
}

/** Docker changes no label of a network that is there already, and renews no task for that of a config or secret. */
function markObjects(compose: Compose, labels: Labels): void {
  // What services without networks are in; where all have some, Docker makes none.
  compose.networks = { default: {}, ...(compose.networks as object) };
  for (const section of ["networks", "configs", "secrets"]) {
    const objects = (compose[section] ?? {}) as Record<string, ComposeObject | null>;
    for (const [name, object] of Object.entries(objects))
      if (!object?.external) objects[name] = { ...object, labels: { ...object?.labels, ...labels } };
  }
}

/** `docker stack deploy` on a manager. It removes nothing. */
export async function deployStack(
  transport: Transport,
  compose: string,
  inputs: SwarmStackInputs,
  context: Context,
): Promise<void> {
  const { command, stdin } = await deployCommand(compose, inputs);
  const { exitCode, stderr } = await whileTrusted(transport, inputs, context, () =>
    transport.run(command, { stdin, signal: context.signal }),
  );
  if (exitCode !== 0)
    throw engineError(transport.node, `docker stack deploy ${inputs.name}`, 0, withoutAdvice(stderr));
  tellWarnings(stderr, inputs, context);
}

/** Docker's CLI speaks of an option that changes nothing here. */
function withoutAdvice(stderr: string): string {
  return stderr
    .split("\n")
    .filter((line) => !line.includes("--detach=false"))
    .join("\n");
}

/**
 * One attempt at `docker stack rm`.
 * @returns the engine's words where something was left for another attempt: a network is refused while tasks still use
 * it, and is "not found" where an earlier attempt's removal has caught up.
 */
export async function removeStack(
  transport: Transport,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { exitCode, stderr } = await transport.run(["docker", "stack", "rm", name], { signal });
  if (exitCode === 0) return undefined;
  // Its case depends on the CLI's version.
  if (/failed to remove some resources/i.test(stderr)) return stderr.trim();
  throw engineError(transport.node, `docker stack rm ${name}`, 0, stderr);
}
