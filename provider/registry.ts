import { shapeOf } from "../contract/package-schema";
import type { Resources, ResourceType } from "../contract/resources";
import type { Handler } from "./handler";
import { Operations, type AnyHandler } from "./operations";
import type { InSession } from "../foundation/session";

type HandlerOf<T extends ResourceType> = Handler<Resources[T]["inputs"], Resources[T]["outputs"]>;

/** Resource type → its handler. A handler is loaded at its first use: a cluster pays only for what it has. */
const HANDLERS: { readonly [T in ResourceType]: () => HandlerOf<T> } = {
  "swarm:index:ClusterIdentity": () =>
    (require("./cluster-identity") as typeof import("./cluster-identity")).clusterIdentity,
  "swarm:index:ExistingSwarm": () =>
    (require("./existing-swarm") as typeof import("./existing-swarm")).existingSwarm,
  "swarm:index:LocalNetwork": () =>
    (require("./local-network") as typeof import("./local-network")).localNetwork,
  "swarm:index:NodeImage": () => (require("./node-image") as typeof import("./node-image")).nodeImage,
  "swarm:index:BuiltImage": () => (require("./built-image") as typeof import("./built-image")).builtImage,
  "swarm:index:LocalNode": () => (require("./local-node") as typeof import("./local-node")).localNode,
  "swarm:index:LoadedImages": () =>
    (require("./loaded-images") as typeof import("./loaded-images")).loadedImages,
  "swarm:index:Preflight": () => (require("./preflight") as typeof import("./preflight")).preflight,
  "swarm:index:Swarm": () => (require("./swarm") as typeof import("./swarm")).swarm,
  "swarm:index:SwarmNode": () => (require("./swarm-node") as typeof import("./swarm-node")).swarmNode,
  "swarm:index:NodeSpecs": () => (require("./node-specs") as typeof import("./node-specs")).nodeSpecs,
  "swarm:index:Config": () => (require("./config") as typeof import("./config")).config,
  "swarm:index:Secret": () => (require("./secret") as typeof import("./secret")).secret,
  "swarm:index:Network": () => (require("./network") as typeof import("./network")).network,
  "swarm:index:SwarmStack": () => (require("./swarm-stack") as typeof import("./swarm-stack")).swarmStack,
  "swarm:index:SshHostKey": () => (require("./ssh-host-key") as typeof import("./ssh-host-key")).sshHostKey,
  "swarm:index:SwarmHost": () => (require("./swarm-host") as typeof import("./swarm-host")).swarmHost,
};

/** What can be done with the resource that a URN names (`urn:pulumi:stack::project::parent$type::name`). */
export function operationsOf(urn: string, within: InSession): Operations {
  const type = urn.split("::")[2]?.split("$").pop() ?? "";
  if (!isResourceType(type))
    throw new Error(
      `The provider has no resource type "${type}". Known: ${Object.keys(HANDLERS).join(", ")}.`,
    );
  return new Operations(HANDLERS[type]() as unknown as AnyHandler, shapeOf(type), within);
}

function isResourceType(type: string): type is ResourceType {
  return Object.hasOwn(HANDLERS, type);
}
