import { shapeOf } from "../../schema/package-schema";
import type { Resources, ResourceType } from "../../schema/resources";
import type { Handler } from "../handler";
import { Operations, type AnyHandler } from "./operations";
import type { InSession } from "../../foundation/session";

type HandlerOf<T extends ResourceType> = Handler<Resources[T]["inputs"], Resources[T]["outputs"]>;

/** Resource type → its handler. A handler is loaded at its first use: a cluster pays only for what it has. */
const HANDLERS: { readonly [T in ResourceType]: () => HandlerOf<T> } = {
  "swarm:index:ClusterIdentity": () =>
    (require("../handlers/cluster-identity") as typeof import("../handlers/cluster-identity"))
      .clusterIdentity,
  "swarm:index:ExistingSwarm": () =>
    (require("../handlers/existing-swarm") as typeof import("../handlers/existing-swarm")).existingSwarm,
  "swarm:index:LocalNetwork": () =>
    (require("../handlers/local-network") as typeof import("../handlers/local-network")).localNetwork,
  "swarm:index:NodeImage": () =>
    (require("../handlers/node-image") as typeof import("../handlers/node-image")).nodeImage,
  "swarm:index:BuiltImage": () =>
    (require("../handlers/built-image") as typeof import("../handlers/built-image")).builtImage,
  "swarm:index:LocalNode": () =>
    (require("../handlers/local-node") as typeof import("../handlers/local-node")).localNode,
  "swarm:index:LoadedImages": () =>
    (require("../handlers/loaded-images") as typeof import("../handlers/loaded-images")).loadedImages,
  "swarm:index:Preflight": () =>
    (require("../handlers/preflight") as typeof import("../handlers/preflight")).preflight,
  "swarm:index:Swarm": () => (require("../handlers/swarm") as typeof import("../handlers/swarm")).swarm,
  "swarm:index:SwarmNode": () =>
    (require("../handlers/swarm-node") as typeof import("../handlers/swarm-node")).swarmNode,
  "swarm:index:NodeSpecs": () =>
    (require("../handlers/node-specs") as typeof import("../handlers/node-specs")).nodeSpecs,
  "swarm:index:Config": () => (require("../handlers/config") as typeof import("../handlers/config")).config,
  "swarm:index:Secret": () => (require("../handlers/secret") as typeof import("../handlers/secret")).secret,
  "swarm:index:GeneratedSecret": () =>
    (require("../handlers/generated-secret") as typeof import("../handlers/generated-secret"))
      .generatedSecret,
  "swarm:index:RegistryKeys": () =>
    (require("../handlers/registry-keys") as typeof import("../handlers/registry-keys")).registryKeys,
  "swarm:index:Network": () =>
    (require("../handlers/network") as typeof import("../handlers/network")).network,
  "swarm:index:SwarmStack": () =>
    (require("../handlers/swarm-stack") as typeof import("../handlers/swarm-stack")).swarmStack,
  "swarm:index:SwarmJob": () =>
    (require("../handlers/swarm-job") as typeof import("../handlers/swarm-job")).swarmJob,
  "swarm:index:SshHostKey": () =>
    (require("../handlers/ssh-host-key") as typeof import("../handlers/ssh-host-key")).sshHostKey,
  "swarm:index:SwarmHost": () =>
    (require("../handlers/swarm-host") as typeof import("../handlers/swarm-host")).swarmHost,
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
