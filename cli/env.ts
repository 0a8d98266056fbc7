import { closeConnections } from "../docker/connect";
import { SWARM_COMMAND } from "../foundation/command-lines";
import { CLUSTER_HOST, FORMER_HOST, formerDockerHost } from "../foundation/shell-of-cluster";
import { command } from "../tools/setup/run-command";
import { reachableHost } from "./reachable-host";
import { recordedCluster } from "./recorded-cluster";
import { shellLines, usersShell, type Shell, type Variables } from "./shell-lines";
import type { Target } from "./stack-state";
import { cancellable } from "./steps";
import { Session } from "../foundation/session";

export interface ShellOptions {
  /** @default what the environment tells */
  shell?: Shell;
}

export interface EnvOptions extends ShellOptions {
  /** Name of a docker context that is made or changed, and nothing else. @default none */
  context?: string;
}

/** Points a shell, or a docker context, at a manager of the cluster that answers. */
export async function showEnv({ shell, context, ...target }: EnvOptions & Target): Promise<void> {
  const host = await cancellable(async (signal) => {
    const run = { signal, session: new Session() };
    try {
      const cluster = await recordedCluster(target);
      return await reachableHost(cluster, { ...run, progress: (text) => console.error(text) });
    } finally {
      closeConnections(run);
    }
  });
  if (context === undefined) console.log(pointedAt(host, true, shell));
  else await pointContext(context, host, target.env);
}

/**
 * The lines that point a shell at an engine.
 *
 * @param isFound - whether `env` prints them as well
 */
export function pointedAt(host: string, isFound: boolean, shell?: Shell): string {
  const former = formerDockerHost(process.env);
  const variables = { DOCKER_HOST: host, [CLUSTER_HOST]: host, [FORMER_HOST]: former };
  return lines(variables, isFound ? "env" : undefined, shell);
}

/** Prints what makes a shell as it was before. */
export function showUnset({ shell }: ShellOptions): void {
  const variables = { DOCKER_HOST: formerDockerHost(process.env), [CLUSTER_HOST]: undefined };
  console.log(lines({ ...variables, [FORMER_HOST]: undefined }, "env --unset", shell));
}

function lines(variables: Variables, name: string | undefined, shell = usersShell(process.env)): string {
  // What npm prints in front of a command is nothing that a shell may run.
  const silent = SWARM_COMMAND.replace(/^npm run /, "npm run --silent ");
  return shellLines(shell, variables, name && `${silent} ${name}`);
}

async function pointContext(name: string, host: string, env: NodeJS.ProcessEnv): Promise<void> {
  const docker = (...args: string[]) => command("docker", ["context", ...args], { env });
  const names = (await docker("ls", "--format", "{{.Name}}")).split("\n");
  const description = "A swarm of pulumi-swarm";
  const options = ["--description", description, "--docker", `host=${host}`, name];
  await docker(names.includes(name) ? "update" : "create", ...options);
  console.log(`The docker context ${name} is ${host}: docker --context ${name} node ls`);
}
