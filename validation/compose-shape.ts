import { objectionToKey, type Level } from "./compose-keys";
import type { ComposeNode } from "./compose-node";
import type { Problem } from "./problem";

export function checkKeys(level: Level, node: ComposeNode): Problem[] {
  return node.entries.flatMap(({ key }) => {
    const text = objectionToKey(level, key.text ?? "");
    return text === undefined ? [] : [{ where: key.where, text }];
  });
}

/** Sections and their objects may be left empty, but not be anything else than a mapping. */
export function checkMapping(node: ComposeNode, of: string): Problem[] {
  if (node.isMap || node.isNothing) return [];
  return [{ where: node.where, text: `is no mapping of ${of}. Write \`name:\` lines below it.` }];
}
