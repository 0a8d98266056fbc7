// Node 20 knows it, and the test environments that run in a context of their own do not.
(Symbol as { asyncDispose?: symbol }).asyncDispose ??= Symbol.for("Symbol.asyncDispose");

/** What tests import from "pulumi-swarm/testing". */
export { startSwarm } from "./start-swarm";
export type { TestSwarmOptions } from "./options";
export type { Compose, DeployOptions } from "./deploy";
export type { ExecOptions, ExecResult, TestNode, TestSwarm } from "./test-swarm";
export type { StackService } from "../schema/stack";
