import { SshPlatform, SwarmCluster } from "pulumi-swarm";

// As many machines as the bench asks for, behind one private key or the SSH agent. Nobody connects to them: the provider beside this is simulated.
const { BENCH_HOSTS = "", BENCH_PRIVATE_KEY, BENCH_HOST_KEY } = process.env;
const count = Number(BENCH_HOSTS);
const hosts = Array.from({ length: count }, (_, index) => ({
  name: `host-${index + 1}`,
  address: `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`,
  hostKey: BENCH_HOST_KEY,
}));

new SwarmCluster("bench", {
  platform: new SshPlatform({
    hosts,
    defaults: BENCH_PRIVATE_KEY ? { privateKey: BENCH_PRIVATE_KEY } : { agent: true },
  }),
  managers: { count: 3 },
  workers: [{ name: "app", count: count - 3, labels: { tier: "app" } }],
});
