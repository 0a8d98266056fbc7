import { Config, LocalPlatform, Stack, SwarmCluster } from "pulumi-swarm";

const cluster = new SwarmCluster("minimal", {
  platform: new LocalPlatform({ images: [{ name: "pulumi-swarm-minimal:1", build: "image" }] }),
  managers: { count: 1 },
  workers: [{ name: "app", count: 1 }],
});

const greeting = new Config("greeting", { cluster, data: "Hello from the smallest swarm." });
const hello = new Stack("hello", { cluster, composeFiles: ["hello.yml"], configs: { greeting } });

export const managers = cluster.managers;
export const workers = cluster.workers;
export const services = hello.services;
