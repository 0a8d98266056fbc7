import { createHash } from "node:crypto";
import path from "node:path";
import * as pulumi from "../../resources/pulumi";
import { socketOfContainer } from "../../foundation/cluster-sockets";
import type { PublishedPort } from "../../schema/local";
import {
  BuiltImageResource,
  LoadedImagesResource,
  LocalNetworkResource,
  LocalNodeResource,
  NodeImageResource,
} from "../../resources/local-resources";
import { programFolder } from "../../resources/program-folder";
import { parseBytes } from "../../validation/bytes";
import type { Problem } from "../../validation/problem";
import type { ClusterRequest, Finished, Machine, NodeRequest, Platform, PreparedPlatform } from "../platform";
import type { LocalImage, LocalMachine, LocalPlatformArgs } from "./args";
import { commandInContainer } from "./command";
import { disksOfCluster, hasVolumes, placesOf, volumesOf } from "./disks";
import { folderDigest } from "./folder-digest";
import { hostRoutes } from "./host-routes";
import { checkOuterEngine } from "./outer-engine-check";
import { checkLocalPlatform } from "./validate";

/** Machines that are containers with a Docker Engine inside, for laptops and CI. */
export class LocalPlatform implements Platform<LocalMachine> {
  readonly machinesDieWithCluster = true;
  readonly protectsVolumes = false;
  /** The images are loaded, and the registry may be out of reach. */
  readonly resolveImage = "never";

  readonly args: LocalPlatformArgs;

  constructor(args: LocalPlatformArgs = {}) {
    this.args = { ...args, images: args.images?.map(withFullPath) };
  }

  async validate(request: ClusterRequest<LocalMachine>): Promise<Problem[]> {
    return [
      ...checkLocalPlatform(this.args, request, hostRoutes()),
      ...(await checkOuterEngine(this.args, request)),
    ];
  }

  prepare(
    request: ClusterRequest<LocalMachine>,
    opts: pulumi.CustomResourceOptions,
  ): PreparedPlatform<LocalMachine> {
    return new LocalCluster(this.args, request, opts);
  }
}

/** Part of a tag, where an image's own name would not do. */
function digestOf(image: string): string {
  return createHash("sha256").update(image).digest("hex").slice(0, 8);
}

function withFullPath(image: LocalImage): LocalImage {
  return image.build === undefined ? image : { ...image, build: path.resolve(programFolder(), image.build) };
}

class LocalCluster implements PreparedPlatform<LocalMachine> {
  private readonly network: LocalNetworkResource;
  /** Base image → the nodes' image that is made from it. */
  private readonly nodeImages: Map<string | undefined, NodeImageResource>;
  private readonly images: { name: string; imageId?: pulumi.Output<string> }[];

  constructor(
    private readonly args: LocalPlatformArgs,
    private readonly request: ClusterRequest<LocalMachine>,
    opts: pulumi.CustomResourceOptions,
  ) {
    const { cluster } = request.owner;
    const common = { owner: request.owner, dockerHost: args.dockerHost };
    this.network = new LocalNetworkResource(
      cluster,
      {
        ...{ ...common, name: cluster, subnet: args.subnet, defaultAddrPool: request.defaultAddrPool },
        disks: disksOfCluster(request),
      },
      opts,
    );
    const bases = request.nodes.map(({ machine }) => machine?.baseImage ?? args.baseImage);
    this.nodeImages = new Map(
      [...new Set(bases)].map((baseImage) => {
        // Pools with an image of their own do not rename that of the others.
        const more = baseImage === args.baseImage ? "" : `-${digestOf(String(baseImage))}`;
        const tag = `pulumi-swarm-node:${cluster}${more}`;
        const inputs = { ...common, name: tag, baseImage };
        return [baseImage, new NodeImageResource(`${cluster}${more}`, inputs, opts)];
      }),
    );
    // An image without a name was reported by validate, and nothing of this is made then.
    const named = (args.images ?? []).filter(({ name }) => name);
    this.images = named.map(({ name, build }) => {
      if (!build) return { name };
      const built = new BuiltImageResource(
        `${cluster}-${name}`,
        { ...common, name, context: build, contextDigest: folderDigest(build) },
        // Where the network is refused, another cluster has this name, and maybe these tags.
        { ...opts, dependsOn: [this.network] },
      );
      return { name, imageId: built.imageId };
    });
  }

  createMachine(request: NodeRequest<LocalMachine>, opts: pulumi.CustomResourceOptions): Machine {
    const { name, machine = {} } = request;
    const container = `${this.request.owner.cluster}-${name}`;
    const { dockerHost, baseImage } = this.args;
    const image = this.nodeImages.get(machine?.baseImage ?? baseImage);
    const node = new LocalNodeResource(
      container,
      {
        name: container,
        hostname: name,
        owner: this.request.owner,
        network: this.network.networkId,
        image: image?.imageId ?? "",
        ports: this.portsOf(name),
        ...volumesOf(request),
        ...{ memory: parseBytes(machine?.memory), cpus: machine?.cpus, pids: machine?.pids },
        running: true,
        dockerHost,
      },
      // Two containers cannot publish one port or write to one disk, so such a node leaves before its successor comes.
      { ...opts, deleteBeforeReplace: this.portsOf(name) !== undefined || hasVolumes(request) },
    );
    const connection = pulumi.all([node.container, node.socket]).apply(([found, socket]) => ({
      container: found,
      dockerHost,
      socket: socket ? socketOfContainer(socket, found) : undefined,
    }));
    return {
      name,
      connection,
      command: (commands, its, args, at) => commandInContainer(commands, its, args, connection, at),
      address: node.address,
      identity: node.containerId,
      disks: hasVolumes(request) ? placesOf(container, request, dockerHost) : undefined,
      dockerHost: pulumi.output(node.socket).apply((socket) => (socket ? `unix://${socket}` : undefined)),
    };
  }

  finish(machines: readonly Machine[], opts: pulumi.CustomResourceOptions): Finished {
    if (this.images.length === 0)
      return { resources: [], imageFingerprints: pulumi.output<Record<string, string>>({}) };
    const nodes = pulumi.all(
      machines.map(({ name, identity, connection }) =>
        pulumi
          .all([identity, connection])
          .apply(([machine, known]) => ({ name, machine, connection: known })),
      ),
    );
    const { dockerHost } = this.args;
    const images = pulumi.output(this.images) as pulumi.Output<{ name: string; imageId?: string }[]>;
    const loaded = new LoadedImagesResource(this.request.owner.cluster, { images, nodes, dockerHost }, opts);
    return { resources: [loaded], imageFingerprints: loaded.fingerprints };
  }

  private portsOf(name: string): PublishedPort[] | undefined {
    const ports = (this.args.ports ?? []).filter(({ node }) => node === name);
    return ports.length > 0 ? ports.map(({ node: _node, ...port }) => port) : undefined;
  }
}
