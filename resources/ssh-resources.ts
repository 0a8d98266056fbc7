import { resource } from "./resource-class";

/** The host key that a machine presented when it was first seen. */
export class SshHostKeyResource extends resource("swarm:index:SshHostKey") {}

/** A machine that is there already, made ready to be a node: engine, clock, kernel, firewall. */
export class SwarmHostResource extends resource("swarm:index:SwarmHost") {}
