import { resource } from "./swarm-resource";

/** The bridge network that the nodes of a local cluster share. */
export class LocalNetwork extends resource("swarm:index:LocalNetwork") {}

/** The image of a node: a Linux with a Docker Engine that starts inside an unprivileged container. */
export class NodeImage extends resource("swarm:index:NodeImage") {}

/** An image built from a folder with a Dockerfile, by the engine that runs the nodes. */
export class BuiltImage extends resource("swarm:index:BuiltImage") {}

/** A machine of a local cluster: a container with a Docker Engine inside, and its volume. */
export class LocalNode extends resource("swarm:index:LocalNode") {}

/** Images of the outer engine in the nodes: streamed to those nodes that do not have them, by content. */
export class LoadedImages extends resource("swarm:index:LoadedImages") {}
