import type { Connection } from "./connection";
import type { Owner } from "./owner";

export interface LocalNetworkInputs {
  /** Name of the Docker network that the nodes of a local cluster share. */
  name: string;
  owner: Owner;
  /** IPv4 range in CIDR form. @default one that Docker finds free */
  subnet?: string;
  /** Address pools of the swarm's overlay networks, checked against the node network. */
  defaultAddrPool?: string[];
  /** Docker Engine that runs the nodes, as in DOCKER_HOST. @default what the docker CLI would use */
  dockerHost?: string;
}

export interface LocalNetworkOutputs {
  networkId: string;
  /** The IPv4 range that the network got, in CIDR form. */
  range: string;
}

export interface NodeImageInputs {
  /** Tag of the image. */
  name: string;
  owner: Owner;
  /** Image to start from; a Debian or Ubuntu, or any image that has dockerd already. @default "debian:trixie-slim" */
  baseImage?: string;
  dockerHost?: string;
}

export interface BuiltImageInputs {
  /** Tag of the image. */
  name: string;
  owner: Owner;
  /** Folder with a Dockerfile. */
  context: string;
  /** Digest of the folder's contents: a change builds the image again. */
  contextDigest: string;
  dockerHost?: string;
}

export interface ImageOutputs {
  /** Content address of the image in its engine. */
  imageId: string;
}

export interface PublishedPort {
  /** Port on the host. */
  published: number;
  /** Port inside the node. */
  target: number;
  /** @default "tcp" */
  protocol?: "tcp" | "udp";
  /** Address on the host to listen at. @default "127.0.0.1" */
  hostIp?: string;
}

export interface LocalNodeInputs {
  /** Name of the container and of its volume; a container that replaces a running one gets a number behind it. */
  name: string;
  /** Host name inside the container, and so the node's name in the swarm. */
  hostname: string;
  owner: Owner;
  /** Name or ID of the network. */
  network: string;
  /** ID of the node image. */
  image: string;
  /** Ports of the node that are reachable from the host. @default none */
  ports?: PublishedPort[];
  /** Most memory, bytes, without swap. @default no limit */
  memory?: number;
  /** Most processors. @default no limit */
  cpus?: number;
  /** Most processes and threads. @default no limit */
  pids?: number;
  /** Whether the container shall run; what `refresh` finds stopped is started by the next update. */
  running: boolean;
  dockerHost?: string;
}

export interface LocalNodeOutputs {
  /** Name of the container and of its volume as they are. */
  container: string;
  /** ID of the container: the machine's identity. A new container is a new machine. */
  containerId: string;
  /** IPv4 address in the node network; it stays the same for the container's life. */
  address: string;
}

export interface LoadedImagesInputs {
  /** Images of the outer engine, by tag and content. */
  images: { name: string; imageId?: string }[];
  /** Nodes to load them into; `machine` changes when the node is made anew. */
  nodes: { name: string; machine: string; connection: Connection }[];
  dockerHost?: string;
}

export interface LoadedImagesOutputs {
  /** Tag → fingerprint of the image's content. */
  fingerprints: Record<string, string>;
}
