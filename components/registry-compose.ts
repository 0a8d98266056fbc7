import * as pulumi from "../resources/pulumi";

interface Parts {
  node: pulumi.Input<string>;
  port: pulumi.Input<number>;
  image?: pulumi.Input<string>;
  volume?: pulumi.Input<string>;
}

/** In a task of the registry. */
const PORT = 5000;

/**
 * The certificate lies where an engine looks for it as long as the task runs; a task that is told to end takes it along. What somebody else
 * did to it is put right in ten seconds, before the task counts as unhealthy. In one step, as an engine reads the folder at each pull: it takes `.crt` files alone.
 */
const TRUST = `
at=/host/docker/certs.d/$SERVER
leave() {
  rm -f "$at/ca.crt" "$at/ca.new"
  rmdir "$at" /host/docker/certs.d 2>/dev/null
  exit 0
}
trap leave TERM INT
while :; do
  if [ "$(cat "$at/ca.crt" 2>/dev/null)" != "$(cat /authority.pem)" ]; then
    mkdir -p "$at" && cat /authority.pem >"$at/ca.new" && mv "$at/ca.new" "$at/ca.crt" || exit 1
  fi
  sleep 10 &
  wait $!
done
`;

/**
 * The registry's own stack. A task counts as running once it is healthy: the registry listens, and the node trusts it. Texts that only
 * the keys know come as variables: SERVER, USERS, KEY, CERTIFICATE, AUTHORITY.
 */
export function registryCompose({ node, port, image = "registry:2.8.3", volume }: Parts) {
  return {
    services: {
      registry: {
        image,
        environment: {
          REGISTRY_HTTP_ADDR: `:${PORT}`,
          REGISTRY_HTTP_TLS_CERTIFICATE: "/certificate.pem",
          REGISTRY_HTTP_TLS_KEY: "/run/secrets/key",
          REGISTRY_AUTH: "htpasswd",
          REGISTRY_AUTH_HTPASSWD_REALM: "registry",
          REGISTRY_AUTH_HTPASSWD_PATH: "/run/secrets/users",
          REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: "/var/lib/registry",
          REGISTRY_STORAGE_DELETE_ENABLED: "true",
        },
        secrets: ["key", "users"],
        configs: [{ source: "certificate", target: "/certificate.pem" }],
        volumes: ["images:/var/lib/registry"],
        ports: [{ target: PORT, published: port, protocol: "tcp", mode: "host" }],
        // What listens, as the kernel tells it: images of a registry have no client, and it wants a login.
        healthcheck: healthy(
          `cat /proc/net/tcp /proc/net/tcp6 | grep -q ':${hexadecimal(PORT)} [0-9A-F:]* 0A '`,
        ),
        deploy: {
          endpoint_mode: "dnsrr",
          placement: { constraints: [pulumi.interpolate`node.hostname == ${node}`] },
          update_config: { order: "stop-first" },
        },
      },
      trust: {
        image,
        user: "0",
        entrypoint: ["sh", "-c", TRUST.replaceAll("$", "$$$$")],
        environment: { SERVER: "${SERVER}" },
        configs: [{ source: "authority", target: "/authority.pem" }],
        // Not the folder itself: a bind wants one that is there.
        volumes: ["/etc:/host"],
        read_only: true,
        cap_drop: ["ALL"],
        healthcheck: healthy('[ -s "/host/docker/certs.d/$$SERVER/ca.crt" ]'),
        deploy: {
          mode: "global",
          endpoint_mode: "dnsrr",
          update_config: { order: "stop-first", parallelism: 0 },
        },
      },
    },
    secrets: { key: { environment: "KEY" }, users: { environment: "USERS" } },
    configs: { certificate: { environment: "CERTIFICATE" }, authority: { environment: "AUTHORITY" } },
    volumes: { images: volume === undefined ? {} : { name: volume } },
  };
}

/** The least that is quick at the start and costs little afterwards. */
function healthy(test: string) {
  return { test: ["CMD-SHELL", test], interval: "5s", timeout: "10s", retries: 3 };
}

function hexadecimal(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}
