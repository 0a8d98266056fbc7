import * as pulumi from "./pulumi";

/** The folder that a program's relative paths start at: that of Pulumi.yaml; without the Pulumi CLI, the current one. */
export function programFolder(): string {
  return rootFolder() || process.cwd();
}

/** The folder of Pulumi.yaml; empty where no Pulumi CLI runs the program. */
export function rootFolder(): string {
  return pulumi.hasMonitor() ? pulumi.getRootDirectory() : "";
}
