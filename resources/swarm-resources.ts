import type { NodeSettings, NodeSpecsInputs } from "../schema/swarm";
import { resource, type Inputs } from "./resource-class";

/** The swarm itself: adopted where one of the managers is in it already, else initialised on exactly one. */
export class SwarmResource extends resource("swarm:index:Swarm") {}

/** One machine's membership of a swarm, and its role there. It joins drained: {@link NodeSpecsResource} gives it work. */
export class SwarmNodeResource extends resource("swarm:index:SwarmNode") {}

/** Nodes whose IDs are known one by one: a preview shows which ones are new. */
type NodeSpecsArgs = Inputs<Omit<NodeSpecsInputs, "nodes">> & { nodes: Record<string, Inputs<NodeSettings>> };

/** Labels and availability of a cluster's nodes, once they are members and what shall run on them first has run. */
export class NodeSpecsResource extends resource<"swarm:index:NodeSpecs", NodeSpecsArgs>(
  "swarm:index:NodeSpecs",
) {}
