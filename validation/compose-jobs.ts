import type { ComposeNode } from "./compose-node";
import type { Problem } from "./problem";

/** @param parts - a service as each of the files has it, in their order */
export function checkJob(parts: readonly ComposeNode[]): Problem[] {
  const deploys = parts.flatMap((part) => part.child("deploy") ?? []);
  const mode = deploys.map((deploy) => deploy.child("mode")?.text).findLast((text) => text !== undefined);
  if (!mode?.endsWith("-job")) return [];
  return deploys.flatMap((deploy) => {
    const config = deploy.child("update_config");
    if (!config) return [];
    return [
      { where: config.where, text: `a service of mode ${mode} has no updates. Take \`update_config\` out.` },
    ];
  });
}
