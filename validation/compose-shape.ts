import type { ComposeNode } from "./compose-node";
import type { Problem } from "./problem";

/** Sections and their objects may be left empty, but not be anything else than a mapping. */
export function checkMapping(node: ComposeNode, of: string): Problem[] {
  if (node.isMap || node.isNothing) return [];
  return [{ where: node.where, text: `is no mapping of ${of}. Write \`name:\` lines below it.` }];
}
