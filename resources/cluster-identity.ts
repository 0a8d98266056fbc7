import { resource } from "./swarm-resource";

/** What decides whose an object is: a random text that the first update makes, and that state and labels carry. */
export class ClusterIdentity extends resource("swarm:index:ClusterIdentity") {}
