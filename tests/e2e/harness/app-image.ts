import path from "node:path";
import { docker } from "./docker";

/** What the services of tests run. It stays, as a cache does. */
export const APP_IMAGE = "pulumi-swarm-test-app:1";

/** Builds it, which costs nothing where it is there. */
export async function appImage(): Promise<string> {
  await docker("build", "--quiet", "--tag", APP_IMAGE, path.join(__dirname, "app-image"));
  return APP_IMAGE;
}
