import type { Connection } from "./connection";
import type { Owner } from "./owner";
import type { DeletedWith } from "./pool-volume";

export interface LocalNetworkInputs {
  /** Name of the Docker network that the nodes of a local cluster share. @change replace */
  name: string;
  /** Whose it is: its labels say so. @change fixed-owner */
  owner: Owner;
  /** IPv4 range in CIDR form. @default one that Docker finds free @change replace */
  subnet?: string;
  /** Address pools of the swarm's overlay networks, checked against the node network. @change connection */
  defaultAddrPool?: string[];
  /** Disks of the cluster's nodes, by the names of their volumes in the engine that runs the nodes. @default none @change connection */
  disks?: Record<string, DiskRule>;
  /** Docker Engine that runs the nodes, as in DOCKER_HOST. @default what the docker CLI would use @change replace */
  dockerHost?: string;
}

export interface LocalNetworkOutputs {
  /** ID of the network in its engine. */
  networkId: string;
  /** The IPv4 range that the network got, in CIDR form. */
  range: string;
}

export interface NodeImageInputs {
  /** Tag of the image. @change replace */
  name: string;
  /** Whose it is: its labels say so. @change fixed-owner */
  owner: Owner;
  /**
   * Image to start from; a Debian or Ubuntu, or any image that has dockerd already. Another one is built under the same
   * tag: the nodes are replaced one by one, and the old ones still run on the old. @default "debian:trixie-slim"
   * @change update
   */
  baseImage?: string;
  /** Docker Engine that runs the nodes, as in DOCKER_HOST. @default what the docker CLI would use @change replace */
  dockerHost?: string;
}

export interface BuiltImageInputs {
  /** Tag of the image. @change replace */
  name: string;
  /** Whose it is: its labels say so. @change fixed-owner */
  owner: Owner;
  /** Folder with a Dockerfile. @change connection */
  context: string;
  /** Digest of the folder's contents: a change builds the image again. @change update */
  contextDigest: string;
  /** Docker Engine that runs the nodes, as in DOCKER_HOST. @default what the docker CLI would use @change replace */
  dockerHost?: string;
}

export interface ImageOutputs {
  /** Content address of the image in its engine. */
  imageId: string;
}

export interface PublishedPort {
  /** Port on the host. @integer */
  published: number;
  /** Port inside the node. @integer */
  target: number;
  /** Protocol of the port. @default "tcp" */
  protocol?: "tcp" | "udp";
  /** Address on the host to listen at. @default "127.0.0.1" */
  hostIp?: string;
}

/** What becomes of a disk. */
export interface DiskRule {
  /** What takes its files along. */
  deletedWith: DeletedWith;
  /** Use one that is somebody else's. @default false */
  adopt?: boolean;
}

export interface LocalNodeInputs {
  /**
   * Name of the container and of its volume; a container that replaces a running one gets a number behind it.
   * @change replace
   */
  name: string;
  /** Host name inside the container, and so the node's name in the swarm. @change replace */
  hostname: string;
  /** Whose it is: its labels say so. @change fixed-owner */
  owner: Owner;
  /** Name or ID of the network. @change replace */
  network: string;
  /** ID of the node image. @change replace */
  image: string;
  /** Ports of the node that are reachable from the host. @default none @change replace */
  ports?: PublishedPort[];
  /** Names of volumes in the node's engine whose files lie on disks of their own. @default none @change replace */
  volumes?: string[];
  /** What becomes of these disks, by the volumes' names. @default they go with the cluster @change connection */
  disks?: Record<string, DiskRule>;
  /** Most memory, bytes, without swap. @default no limit @change update */
  memory?: number;
  /** Most processors. @default no limit @change update */
  cpus?: number;
  /** Most processes and threads. @default no limit @change update */
  pids?: number;
  /** Set by `refresh` alone: volumes that its engine has lost, so that the next update makes them again. @change update */
  drift?: string[];
  /** Whether the container shall run; what `refresh` finds stopped is started by the next update. @change update */
  running: boolean;
  /** Docker Engine that runs the nodes, as in DOCKER_HOST. @default what the docker CLI would use @change replace */
  dockerHost?: string;
}

export interface LocalNodeOutputs {
  /** Name of the container and of its volume as they are. */
  container: string;
  /** ID of the container: the machine's identity. A new container is a new machine. */
  containerId: string;
  /** IPv4 address in the node network; it stays the same for the container's life. */
  address: string;
  /**
   * Path of its engine's socket on the machine that made it, for that user alone; empty where none can be had. Never missing:
   * Pulumi takes an output that is not there for one that is not known yet, in every preview.
   */
  socket: string;
}

/** An image for the nodes. */
export interface LoadedImage {
  /** Its tag. */
  name: string;
  /** Content address of the image in its engine. @default whatever the tag names by then */
  imageId?: string;
}

/** A node that images are loaded into. */
export interface LoadedNode {
  /** Name of the node. */
  name: string;
  /** Identity of the machine. */
  machine: string;
  /** How it is reached. */
  connection: Connection;
}

export interface LoadedImagesInputs {
  /** Images of the outer engine, by tag and content. @change update */
  images: LoadedImage[];
  /** Nodes to load them into; `machine` changes when the node is made anew. @change update */
  nodes: LoadedNode[];
  /** Docker Engine that runs the nodes, as in DOCKER_HOST. @default what the docker CLI would use @change connection */
  dockerHost?: string;
}

export interface LoadedImagesOutputs {
  /** Tag → fingerprint of the image's content. */
  fingerprints: Record<string, string>;
}
