export const IMAGE = "pulumi-swarm-bench-app:1";

interface Service {
  image: string;
  command: string[];
  secrets?: string[];
  stop_grace_period: string;
  deploy: object;
}

interface Compose {
  services: Record<string, Service>;
  secrets?: object;
}

/** So many services of two replicas each, as people write them; the first three use a secret. */
export function composeOf(count: number): Compose {
  const services = Array.from({ length: count }, (_, index): [string, Service] => [
    `app${index + 1}`,
    {
      image: IMAGE,
      command: ["sleep", "infinity"],
      ...(index < 3 ? { secrets: ["token"] } : {}),
      stop_grace_period: "1s",
      deploy: { replicas: 2, endpoint_mode: "dnsrr" },
    },
  ]);
  return { services: Object.fromEntries(services), secrets: { token: { external: true } } };
}

/** For `docker stack deploy` alone, to which somebody else would have to give the secret. */
export function withoutSecrets({ services }: Compose): object {
  const without = Object.entries(services).map(([name, { secrets: _, ...service }]) => [name, service]);
  return { version: "3.8", services: Object.fromEntries(without) as object };
}
