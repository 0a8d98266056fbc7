import { createHmac } from "node:crypto";
import * as pulumi from "../resources/pulumi";
import { Config, Secret, Stack, type LocalImage, type SwarmCluster } from "pulumi-swarm";
import type { Settings } from "./settings";

/**
 * Built from this project's demo folder and loaded into the nodes. Its tag names the cluster: with one tag for all,
 * another cluster on the same engine would take the image over at its `up`, and away at its `destroy`.
 */
export function demoImage(cluster: string): LocalImage {
  return { name: `pulumi-swarm-demo:${cluster}`, build: "demo/web" };
}

/** A page that shows which node and task answers, a config's text, and that a secret is there. */
export function deployDemo(
  cluster: SwarmCluster,
  settings: Settings,
): { stack: Stack; urls: pulumi.Output<string[]> } {
  const greeting = new Config("greeting", { cluster, data: settings.demoGreeting });
  const password = new Secret("password", {
    cluster,
    data: settings.demoPassword ?? madeUpPassword(cluster),
  });
  const stack = new Stack("demo", {
    cluster,
    composeFiles: ["demo/stack.yml"],
    configs: { greeting },
    secrets: { password },
    env: {
      DEMO_IMAGE: demoImage(settings.cluster).name,
      WEB_REPLICAS: String(settings.demoReplicas),
      WEB_PORT: String(settings.demoPort),
    },
  });
  return { stack, urls: urlsOf(cluster, settings) };
}

/** Random, secret and the same at every run: made from the join token, which it does not give away. */
function madeUpPassword(cluster: SwarmCluster): pulumi.Output<string> {
  return cluster.workerToken.apply((token) =>
    createHmac("sha256", token).update("demo password").digest("base64url"),
  );
}

function urlsOf(cluster: SwarmCluster, { demoPort, ports }: Settings): pulumi.Output<string[]> {
  const published = ports
    .filter(({ target }) => target === demoPort)
    .map((port) => `http://localhost:${port.published}`);
  return pulumi
    .all([cluster.managers, cluster.workers])
    .apply(([managers, workers]) => [
      ...published,
      ...[...workers, ...managers].slice(0, 1).map(({ address }) => `http://${address}:${demoPort}`),
    ]);
}
