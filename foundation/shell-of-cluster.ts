/**
 * A shell that `pulumi-swarm env` has pointed at a cluster. Its DOCKER_HOST is a manager, not the engine that runs a local
 * cluster's nodes: an update that looked for them there would find none of them. So what it was before is kept beside it.
 */
export const CLUSTER_HOST = "PULUMI_SWARM_DOCKER_HOST";
export const FORMER_HOST = "PULUMI_SWARM_FORMER_DOCKER_HOST";

/** DOCKER_HOST as it was before the shell was pointed at a cluster. */
export function formerDockerHost(env: NodeJS.ProcessEnv): string | undefined {
  return isPointed(env) ? env[FORMER_HOST] : env.DOCKER_HOST;
}

/** The environment as it was before. */
export function withoutCluster(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { [CLUSTER_HOST]: _cluster, [FORMER_HOST]: former, DOCKER_HOST: _manager, ...others } = env;
  if (!isPointed(env)) return env;
  return former ? { ...others, DOCKER_HOST: former } : others;
}

/** Whoever has set another address since then means that one. */
function isPointed(env: NodeJS.ProcessEnv): boolean {
  return env.DOCKER_HOST !== undefined && env.DOCKER_HOST === env[CLUSTER_HOST];
}
