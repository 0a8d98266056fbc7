const PUSH = "Push it to a registry that the nodes reach, or name it among the `images` of the cluster.";

/**
 * Why a registry gives no image, in the engine's words and the registry's own. First match wins: one that is told of nothing but a name
 * says "denied" also where there is no such image.
 */
const PROBLEMS: readonly [RegExp, (server: string) => string][] = [
  [
    /x509|certificate/i,
    (server) =>
      "The engine does not trust its certificate: put that of its authority into " +
      `/etc/docker/certs.d/${server}/ca.crt on every node (docs/registries.md).`,
  ],
  [
    /server gave HTTP response to HTTPS client/i,
    (server) =>
      `It speaks no TLS. Give it a certificate, or name ${server} among the "insecure-registries" of every node's engine.`,
  ],
  [
    /unauthorized|no basic auth credentials|authentication required|incorrect username or password/i,
    (server) =>
      "It wants a login, or does not take this one: give the stack, or its cluster, " +
      `registries: [{ server: "${server}", username, password }].`,
  ],
  [
    /manifest (for .* )?(unknown|not found)|no such manifest|name unknown|repository .*not found/i,
    () => PUSH,
  ],
  [
    /denied|no such image|repository does not exist/i,
    (server) =>
      `${PUSH} Where it is there, and private: give the stack, or its cluster, ` +
      `registries: [{ server: "${server}", username, password }].`,
  ],
];

/** What to do about it; nothing where the text tells of something else. */
export function registryProblem(text: string, server: string): string | undefined {
  return PROBLEMS.find(([pattern]) => pattern.test(text))?.[1](server);
}
