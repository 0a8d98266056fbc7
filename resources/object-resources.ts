import { resource } from "./resource-class";

/** One version of a swarm config. */
export class ConfigResource extends resource("swarm:index:Config") {}

/** One version of a swarm secret. Its content is a Pulumi secret whatever the program passes. */
export class SecretResource extends resource("swarm:index:Secret") {}

/** A text made at random for a secret. */
export class GeneratedSecretResource extends resource("swarm:index:GeneratedSecret") {}

/** Password and certificates of a registry on the swarm. */
export class RegistryKeysResource extends resource("swarm:index:RegistryKeys") {}

/** An overlay network of the swarm. */
export class NetworkResource extends resource("swarm:index:Network") {}

/** A stack of services, deployed and converged. */
export class SwarmStackResource extends resource("swarm:index:SwarmStack") {}

/** A stack of one job, which runs once for each change of its triggers. */
export class SwarmJobResource extends resource("swarm:index:SwarmJob") {}
