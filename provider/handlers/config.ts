import { versionedObject } from "./versioned-object";

/** A swarm config: text that services mount as a file. */
export const config = versionedObject("config");
