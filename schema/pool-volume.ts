/**
 * A volume of each node of a pool whose files outlive the node's machine: the machine that comes in its place has them again.
 * Services name it as an external volume.
 */
export interface PoolVolume {
  /** Name of the volume in the node's engine. */
  name: string;
  /**
   * Folder of the host that its files lie in, made where it is missing; one that is there keeps its files, owner and mode. Not
   * on the local platform, where the files lie in a volume of the engine that runs the nodes.
   * @default "/srv/pulumi-swarm/NAME"
   */
  path?: string;
  /**
   * What takes the files along when it goes for good: the node or the volume in the program, the whole cluster, or nothing. A
   * folder of a host stays in any case. @default "cluster" on the local platform, "nothing" on hosts over SSH
   */
  deletedWith?: DeletedWith;
  /**
   * Local platform: use a volume of this name that is there and is not this cluster's, such as one that a cluster has left. It
   * is never deleted then. @default false
   */
  adopt?: boolean;
}

/** With what the files of a volume are deleted. */
export type DeletedWith = "node" | "cluster" | "nothing";

/** The disk of a local node's volume: a volume of the engine that runs the nodes. No node's name has an underscore. */
export function diskOf(node: string, volume: string): string {
  return `${node}_${volume}`;
}
