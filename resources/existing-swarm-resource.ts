import { resource } from "./resource-class";

/** A swarm that this program does not make, found through its managers. */
export class ExistingSwarmResource extends resource("swarm:index:ExistingSwarm") {}
