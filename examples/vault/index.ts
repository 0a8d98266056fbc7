import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, Secret, Stack } from "pulumi-swarm";
import { Vault } from "./vault";

const config = new pulumi.Config();

// The program of that stack has: export const cluster = prod.exported;
const cluster = ExistingCluster.fromStack(new pulumi.StackReference(config.require("platform")));

// Read in every preview and update: what has changed there is a new version of the secret, which its services move to.
const vault = config
  .requireSecret("secretId")
  .apply((secretId) => Vault.login(config.require("vault"), config.require("roleId"), secretId));
const data = pulumi.secret(vault.apply((open) => open.read("secret", "shop")));
const shop = new Stack("shop", {
  cluster,
  composeFiles: ["shop.yml"],
  secrets: {
    password: new Secret("shop-password", { cluster, data: data.apply(({ password }) => password) }),
    api_key: new Secret("shop-api-key", { cluster, data: data.apply(({ apiKey }) => apiKey) }),
  },
});

export const services = shop.services;
