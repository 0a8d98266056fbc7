import { getProject, getStack } from "@pulumi/pulumi";
import { Config, LocalPlatform, Stack, SwarmCluster } from "pulumi-swarm";

const name = `${getProject()}-${getStack()}`;
// An image of one's own, built here and loaded into the nodes; its name is this cluster's, as other clusters share the engine.
const image = { name: `hello:${name}`, build: "hello" };

const cluster = new SwarmCluster(name, {
  platform: new LocalPlatform({ images: [image] }),
  managers: { count: 3 },
  workers: [{ name: "app", count: 2, labels: { tier: "app" } }],
});

const greeting = new Config("greeting", { cluster, data: "Hello from a swarm of my own." });
const hello = new Stack("hello", {
  cluster,
  composeFiles: ["hello.yml"],
  configs: { greeting },
  env: { HELLO_IMAGE: image.name },
});

export const managers = cluster.managers;
export const workers = cluster.workers;
export const services = hello.services;
