import { resource } from "./resource-class";

/** What decides whose an object is: a random text that the first update makes, and that state and labels carry. */
export class ClusterIdentityResource extends resource("swarm:index:ClusterIdentity") {}
