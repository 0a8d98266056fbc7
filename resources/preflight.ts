import { resource } from "./swarm-resource";

/** Fails where machines cannot be one swarm: ports, data path, clocks, identities, address ranges, engines. */
export class Preflight extends resource("swarm:index:Preflight") {}
