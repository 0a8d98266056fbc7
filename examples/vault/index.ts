import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, Secret, Stack } from "pulumi-swarm";
import { Vault } from "./vault";

const config = new pulumi.Config();

/** A program may be a function that waits: what it asks for is there before anything is declared. */
export = async () => {
  // Read in every preview and update: what has changed there is a new version of the secret, which its services move to.
  const vault = await Vault.login(config.require("vault"), config.require("roleId"), secretId());
  const { password, apiKey } = await vault.read("secret", "shop");

  // The program of that stack has: export const cluster = prod.exported;
  const cluster = ExistingCluster.fromStack(new pulumi.StackReference(config.require("platform")));
  const shop = new Stack("shop", {
    cluster,
    composeFiles: ["shop.yml"],
    secrets: {
      password: new Secret("shop-password", { cluster, data: password }),
      api_key: new Secret("shop-api-key", { cluster, data: apiKey }),
    },
  });
  return { services: shop.services };
};

/** What this program shows to Vault is given to each run, as by a pipeline, and is in no state. */
function secretId(): string {
  const given = process.env.VAULT_SECRET_ID;
  if (!given) throw new pulumi.RunError("VAULT_SECRET_ID is not set. Give it the SecretID of the role.");
  return given;
}
