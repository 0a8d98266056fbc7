import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { docker } from "./docker";

/** An image to make nodes from that differs from the cluster's own in nothing but its ID. */
export function otherNodeImage(cluster: string): Promise<string> {
  return nodeImage(cluster, "other");
}

/**
 * An image to make nodes from whose engine is started through a shell script.
 * @param script - runs in front of the real engine; `$(hostname)` is the node's name.
 */
export function nodeImageThat(name: string, cluster: string, script: string): Promise<string> {
  return nodeImage(cluster, name, `#!/bin/sh\n${script}\nexec /usr/sbin/dockerd "$@"\n`);
}

/** @param dockerd - a program that is found before the real one. */
async function nodeImage(cluster: string, name: string, dockerd?: string): Promise<string> {
  const tag = `pulumi-swarm-${name}-base:${cluster}`;
  const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-image-"));
  const recipe = [`FROM pulumi-swarm-node:${cluster}`, `ENV VARIANT=${cluster}-${name}`, "ENTRYPOINT []"];
  try {
    if (dockerd) {
      writeFileSync(path.join(folder, "dockerd"), dockerd, { mode: 0o755 });
      recipe.push("COPY dockerd /usr/local/sbin/dockerd");
    }
    writeFileSync(path.join(folder, "Dockerfile"), recipe.join("\n") + "\n");
    await docker("build", "--quiet", "--tag", tag, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return tag;
}
