import { shapeOf } from "../../schema/package-schema";
import type { Resources, ResourceType } from "../../schema/resources";
import type { Handler } from "../handler";
import { Operations, type AnyHandler } from "./operations";
import type { InSession } from "../../foundation/session";

type HandlerOf<T extends ResourceType> = Handler<Resources[T]["inputs"], Resources[T]["outputs"]>;

/** Resource type → its handler. A handler is loaded at its first use: a cluster pays only for what it has. */
const HANDLERS: { readonly [T in ResourceType]: () => HandlerOf<T> } = {
  "swarm:index:ClusterIdentity": () =>
    (require("../resources/cluster-identity") as typeof import("../resources/cluster-identity"))
      .clusterIdentity,
  "swarm:index:ExistingSwarm": () =>
    (require("../resources/existing-swarm") as typeof import("../resources/existing-swarm")).existingSwarm,
  "swarm:index:LocalNetwork": () =>
    (require("../resources/local-network") as typeof import("../resources/local-network")).localNetwork,
  "swarm:index:NodeImage": () =>
    (require("../resources/node-image") as typeof import("../resources/node-image")).nodeImage,
  "swarm:index:BuiltImage": () =>
    (require("../resources/built-image") as typeof import("../resources/built-image")).builtImage,
  "swarm:index:LocalNode": () =>
    (require("../resources/local-node") as typeof import("../resources/local-node")).localNode,
  "swarm:index:LoadedImages": () =>
    (require("../resources/loaded-images") as typeof import("../resources/loaded-images")).loadedImages,
  "swarm:index:Preflight": () =>
    (require("../resources/preflight") as typeof import("../resources/preflight")).preflight,
  "swarm:index:Swarm": () => (require("../resources/swarm") as typeof import("../resources/swarm")).swarm,
  "swarm:index:SwarmNode": () =>
    (require("../resources/swarm-node") as typeof import("../resources/swarm-node")).swarmNode,
  "swarm:index:NodeSpecs": () =>
    (require("../resources/node-specs") as typeof import("../resources/node-specs")).nodeSpecs,
  "swarm:index:Config": () => (require("../resources/config") as typeof import("../resources/config")).config,
  "swarm:index:Secret": () => (require("../resources/secret") as typeof import("../resources/secret")).secret,
  "swarm:index:Network": () =>
    (require("../resources/network") as typeof import("../resources/network")).network,
  "swarm:index:SwarmStack": () =>
    (require("../resources/swarm-stack") as typeof import("../resources/swarm-stack")).swarmStack,
  "swarm:index:SshHostKey": () =>
    (require("../resources/ssh-host-key") as typeof import("../resources/ssh-host-key")).sshHostKey,
  "swarm:index:SwarmHost": () =>
    (require("../resources/swarm-host") as typeof import("../resources/swarm-host")).swarmHost,
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
