import { resource } from "./resource-class";

/** Fails where machines cannot be one swarm: ports, data path, clocks, identities, address ranges, engines. */
export class PreflightResource extends resource("swarm:index:Preflight") {}
