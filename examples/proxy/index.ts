import * as pulumi from "@pulumi/pulumi";
import { LocalPlatform, Stack, SwarmCluster } from "pulumi-swarm";

const config = new pulumi.Config();

const cluster = new SwarmCluster("proxied", {
  platform: new LocalPlatform({
    images: [
      { name: "pulumi-swarm-proxy:1", build: "proxy" },
      { name: "pulumi-swarm-shop:1", build: "app" },
    ],
    ports: [{ node: "manager-1", published: config.requireNumber("port"), target: 80 }],
  }),
  managers: { count: 1 },
  workers: [{ name: "app", count: 1 }],
});

const shop = new Stack("shop", {
  cluster,
  composeFiles: ["shop.yml"],
  env: { VERSION: config.require("version") },
});

export const services = shop.services;
