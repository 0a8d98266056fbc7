import { resource } from "./swarm-resource";

/** A swarm that this program does not make, found through its managers. */
export class ExistingSwarm extends resource("swarm:index:ExistingSwarm") {}
