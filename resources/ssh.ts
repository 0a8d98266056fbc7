import { resource } from "./swarm-resource";

/** The host key that a machine presented when it was first seen. */
export class SshHostKey extends resource("swarm:index:SshHostKey") {}

/** A machine that is there already, made ready to be a node: engine, clock, kernel, firewall. */
export class SwarmHost extends resource("swarm:index:SwarmHost") {}
