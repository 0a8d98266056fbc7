import { versionedObject } from "./versioned-object";

/** A swarm secret: like a config, kept encrypted in raft and only in memory on the nodes. */
export const secret = versionedObject("secret");
