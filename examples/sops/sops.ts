import { spawnSync } from "node:child_process";
import * as pulumi from "@pulumi/pulumi";

/**
 * The values of a flat file in the project's folder that SOPS has encrypted. It finds its key as always: age, PGP or a cloud's KMS, by what stands in the file.
 * `Secret` keeps them encrypted in Pulumi's state.
 *
 * @throws Error with the words of SOPS
 */
export function decrypted(file: string): Record<string, string> {
  const command = ["--decrypt", "--output-type", "json", file];
  const { error, status, stdout, stderr } = spawnSync("sops", command, {
    cwd: pulumi.getRootDirectory(),
    encoding: "utf8",
  });
  if (error) throw new Error(`sops cannot be run: ${error.message}. Install it from https://getsops.io`);
  if (status !== 0) throw new Error(`sops could not decrypt ${file}: ${stderr.trim()}`);
  const values = JSON.parse(stdout) as Record<string, unknown>;
  // One that is missing would else be found out by the swarm.
  const known = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  return new Proxy(known, {
    get(all, name: string) {
      if (name in all) return all[name];
      throw new Error(`${file} has no "${name}". It has: ${Object.keys(all).join(", ")}.`);
    },
  });
}
