import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, Secret, Stack } from "pulumi-swarm";

const config = new pulumi.Config();

// The program of that stack has: export const cluster = prod.exported;
const platform = new pulumi.StackReference(config.require("platform"));
const cluster = ExistingCluster.fromStack(platform, { login: { identityFile: config.require("sshKey") } });

const password = new Secret("shop-password", { cluster, data: config.requireSecret("password") });
const shop = new Stack("shop", { cluster, composeFiles: ["shop.yml"], secrets: { password } });

export const services = shop.services;
