import { resource } from "./resource-class";

/** The bridge network that the nodes of a local cluster share. */
export class LocalNetworkResource extends resource("swarm:index:LocalNetwork") {}

/** The image of a node: a Linux with a Docker Engine that starts inside an unprivileged container. */
export class NodeImageResource extends resource("swarm:index:NodeImage") {}

/** An image built from a folder with a Dockerfile, by the engine that runs the nodes. */
export class BuiltImageResource extends resource("swarm:index:BuiltImage") {}

/** A machine of a local cluster: a container with a Docker Engine inside, and its volume. */
export class LocalNodeResource extends resource("swarm:index:LocalNode") {}

/** Images of the outer engine in the nodes: streamed to those nodes that do not have them, by content. */
export class LoadedImagesResource extends resource("swarm:index:LoadedImages") {}
