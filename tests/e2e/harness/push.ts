import { output } from "./run";

const CONFIG = "/dev/shm/pusher";

/** A registry of a cluster, as its program's outputs tell of it. */
export interface PushTarget {
  server: string;
  password: string;
}

/**
 * Pushes an image of this machine into a registry through the engine of a node, which does not have it afterwards. What the node is logged
 * in to goes as well.
 *
 * @param node - name of its container
 * @returns what the registry calls it
 */
export async function pushThrough(
  node: string,
  image: string,
  { server, password }: PushTarget,
  name: string,
): Promise<string> {
  const tag = `${server}/${name}`;
  await output("sh", ["-c", `docker save ${image} | docker exec --interactive ${node} docker load --quiet`]);
  const script = `
    trap 'docker image rm --force ${tag} ${image} >/dev/null; rm -rf ${CONFIG}' EXIT
    docker tag ${image} ${tag}
    docker --config ${CONFIG} login --username swarm --password-stdin ${server}
    docker --config ${CONFIG} push --quiet ${tag}`;
  await output("docker", ["exec", "--interactive", node, "sh", "-ec", script], { input: password });
  return tag;
}
