import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { docker } from "./docker";

/** An image to make nodes from that differs from the cluster's own in nothing but its ID. */
export async function otherNodeImage(cluster: string): Promise<string> {
  const tag = `pulumi-swarm-other-base:${cluster}`;
  const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-image-"));
  try {
    writeFileSync(
      path.join(folder, "Dockerfile"),
      `FROM pulumi-swarm-node:${cluster}\nENV OTHER=${cluster}\nENTRYPOINT []\n`,
    );
    await docker("build", "--quiet", "--tag", tag, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return tag;
}
