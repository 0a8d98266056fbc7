import { slot, type InSession } from "../../foundation/session";

/** Node ID → labels that its membership set, in the state of a release that had them there. */
const former = slot(() => new Map<string, Record<string, string>>());

export function noteFormerLabels(
  old: { nodeId?: string; labels?: Record<string, string> } | undefined,
  { session }: InSession,
): void {
  if (old?.nodeId && old.labels) session.get(former).set(old.nodeId, old.labels);
}

/** Labels of a node that were ours before `NodeSpecs` was there: what the program does not name any more comes off. */
export function formerLabels(nodeId: string, { session }: InSession): Record<string, string> {
  return session.get(former).get(nodeId) ?? {};
}
