import { resource } from "./swarm-resource";

/** One version of a swarm config. */
export class ConfigVersion extends resource("swarm:index:Config") {}

/** One version of a swarm secret. Its content is a Pulumi secret whatever the program passes. */
export class SecretVersion extends resource("swarm:index:Secret") {}

/** An overlay network of the swarm. */
export class OverlayNetwork extends resource("swarm:index:Network") {}

/** A stack of services, deployed and converged. */
export class SwarmStack extends resource("swarm:index:SwarmStack") {}
