import path from "node:path";
import * as pulumi from "../../resources/pulumi";
import type { PublishedPort } from "../../contract/local";
import { BuiltImage, LoadedImages, LocalNetwork, LocalNode, NodeImage } from "../../resources/local";
import { programFolder } from "../../resources/program-folder";
import type { Problem } from "../../validation/problem";
import type { ClusterRequest, Finished, Machine, NodeRequest, Platform, PreparedPlatform } from "../platform";
import type { LocalImage, LocalPlatformArgs } from "./args";
import { folderDigest } from "./folder-digest";
import { hostRoutes } from "./host-routes";
import { checkOuterEngine } from "./outer-engine-check";
import { checkLocalPlatform } from "./validate";

/** Machines that are containers with a Docker Engine inside, for laptops and CI. */
export class LocalPlatform implements Platform {
  readonly kind = "local";
  readonly machinesDieWithCluster = true;
  /** The images are loaded, and the registry may be out of reach. */
  readonly resolveImage = "never";

  readonly args: LocalPlatformArgs;

  constructor(args: LocalPlatformArgs = {}) {
    this.args = { ...args, images: args.images?.map(withFullPath) };
  }

  async validate(request: ClusterRequest): Promise<Problem[]> {
    return [
      ...checkLocalPlatform(this.args, request, hostRoutes()),
      ...(await checkOuterEngine(this.args, request)),
    ];
  }

  prepare(request: ClusterRequest, opts: pulumi.CustomResourceOptions): PreparedPlatform {
    return new LocalCluster(this.args, request, opts);
  }
}

function withFullPath(image: LocalImage): LocalImage {
  return image.build === undefined ? image : { ...image, build: path.resolve(programFolder(), image.build) };
}

class LocalCluster implements PreparedPlatform {
  private readonly network: LocalNetwork;
  private readonly nodeImage: NodeImage;
  private readonly images: { name: string; imageId?: pulumi.Output<string> }[];

  constructor(
    private readonly args: LocalPlatformArgs,
    private readonly request: ClusterRequest,
    opts: pulumi.CustomResourceOptions,
  ) {
    const { cluster } = request.owner;
    const common = { owner: request.owner, dockerHost: args.dockerHost };
    this.network = new LocalNetwork(
      cluster,
      { ...common, name: cluster, subnet: args.subnet, defaultAddrPool: request.defaultAddrPool },
      opts,
    );
    this.nodeImage = new NodeImage(
      cluster,
      { ...common, name: `pulumi-swarm-node:${cluster}`, baseImage: args.baseImage },
      opts,
    );
    // An image without a name was reported by validate, and nothing of this is made then.
    const named = (args.images ?? []).filter(({ name }) => name);
    this.images = named.map(({ name, build }) => {
      if (!build) return { name };
      const built = new BuiltImage(
        `${cluster}-${name}`,
        { ...common, name, context: build, contextDigest: folderDigest(build) },
        // Where the network is refused, another cluster has this name, and maybe these tags.
        { ...opts, dependsOn: [this.network] },
      );
      return { name, imageId: built.imageId };
    });
  }

  createMachine({ name }: NodeRequest, opts: pulumi.CustomResourceOptions): Machine {
    const container = `${this.request.owner.cluster}-${name}`;
    const { dockerHost } = this.args;
    const node = new LocalNode(
      container,
      {
        name: container,
        hostname: name,
        owner: this.request.owner,
        network: this.network.networkId,
        image: this.nodeImage.imageId,
        ports: this.portsOf(name),
        running: true,
        dockerHost,
      },
      // Two containers cannot publish one port, so such a node leaves before its successor comes.
      { ...opts, deleteBeforeReplace: this.portsOf(name) !== undefined },
    );
    return {
      name,
      connection: node.container.apply((found) => ({ container: found, dockerHost })),
      reachedBy: "container",
      address: node.address,
      identity: node.containerId,
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
    const loaded = new LoadedImages(this.request.owner.cluster, { images, nodes, dockerHost }, opts);
    return { resources: [loaded], imageFingerprints: loaded.fingerprints };
  }

  private portsOf(name: string): PublishedPort[] | undefined {
    const ports = (this.args.ports ?? []).filter(({ node }) => node === name);
    return ports.length > 0 ? ports.map(({ node: _node, ...port }) => port) : undefined;
  }
}
