import type { PublishedPort } from "../../schema/local";

/** An image for the nodes: one that the outer engine has, or one that is built from a folder with a Dockerfile. */
export interface LocalImage {
  /** Tag of the image, version included: `shop:1`. */
  name: string;
  /** Folder with a Dockerfile; a relative path starts at the program's folder. @default the image is there already */
  build?: string;
}

/** A port of a node that is reachable from the host. */
export interface LocalPort extends PublishedPort {
  /** Name of the node: `manager-1`, `app-2`. */
  node: string;
}

/**
 * What a pool may ask of its nodes. Limits are changed on nodes that run, at once; with another image the nodes of the pool
 * are replaced one by one. @settings
 */
export interface LocalMachine {
  /** Image that the nodes' image is made from. @default that of the platform */
  baseImage?: string;
  /** The most memory that a node may use, its tasks included, without swap: "512m", "2g"; at least 128 MiB. @default no limit */
  memory?: string;
  /** The most processors that a node may use, such as 1.5; no more than the engine has. @default no limit */
  cpus?: number;
  /** The most processes and threads that a node may have, its tasks included; at least 200. @default no limit */
  pids?: number;
}

/** Machines that are containers of a Docker Engine. @settings */
export interface LocalPlatformArgs {
  /** IPv4 range of the network between the nodes, in CIDR form. @default one that Docker finds free */
  subnet?: string;
  /** Image that the node image is made from: a Debian, an Ubuntu, or any that has dockerd. @default "debian:trixie-slim" */
  baseImage?: string;
  /** Images to load into every node. @default none */
  images?: LocalImage[];
  /** Ports of nodes to publish on the host. Not needed on Linux, where the nodes' addresses are reachable. @default none */
  ports?: LocalPort[];
  /**
   * Docker Engine that runs the nodes, as in DOCKER_HOST, which then does not count. Whether TLS is spoken to a `tcp:`
   * address is what `docker --host` would do: by DOCKER_TLS_VERIFY and DOCKER_CERT_PATH. @default what the docker CLI would use
   */
  dockerHost?: string;
}
