import { ownerLabels } from "../../../schema/owner";

/** The image as the compose file named it, written by Docker on every service of a stack. */
export const IMAGE_OF_STACK_LABEL = "com.docker.stack.image";

const OWNER_LABELS = Object.keys(ownerLabels({ project: "", stack: "", cluster: "", id: "-" }));

/** Written by every deploy of this tool. */
export function isOwnerLabel(name: string): boolean {
  return OWNER_LABELS.includes(name);
}
