import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, Secret, Stack } from "pulumi-swarm";
import { decrypted } from "./sops";

const config = new pulumi.Config();

// The program of that stack has: export const cluster = prod.exported;
const cluster = ExistingCluster.fromStack(new pulumi.StackReference(config.require("platform")));

const { password, apiKey } = decrypted(config.require("secrets"));
const shop = new Stack("shop", {
  cluster,
  composeFiles: ["shop.yml"],
  secrets: {
    password: new Secret("shop-password", { cluster, data: password }),
    api_key: new Secret("shop-api-key", { cluster, data: apiKey }),
  },
});

export const services = shop.services;
