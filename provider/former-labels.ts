/** Node ID → labels that its membership set, in the state of a release that had them there. */
const former = new Map<string, Record<string, string>>();

export function noteFormerLabels(
  old: { nodeId?: string; labels?: Record<string, string> } | undefined,
): void {
  if (old?.nodeId && old.labels) former.set(old.nodeId, old.labels);
}

/** Labels of a node that were ours before `NodeSpecs` was there: what the program does not name any more comes off. */
export function formerLabels(nodeId: string): Record<string, string> {
  return former.get(nodeId) ?? {};
}
