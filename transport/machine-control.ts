import type { Readable } from "node:stream";

/** Where an engine keeps what it knows of its swarm. Source: https://docs.docker.com/engine/swarm/admin_guide/#back-up-the-swarm */
export const SWARM_FOLDER = "/var/lib/docker/swarm";

/** What is done to a machine from beside its engine: to the engine's process, and to files that it must not have open. */
export interface MachineControl {
  /** Ends the engine as its service manager would, so that its files are complete. Nothing where it does not run. */
  stopEngine(): Promise<void>;
  /** Starts the engine. Nothing where it runs. */
  startEngine(): Promise<void>;
  /** A file or folder as a tar archive, whose entries begin with the last part of the path. */
  read(path: string): Promise<Readable>;
  /** Unpacks a tar archive into a folder that exists; files of the same name are overwritten. */
  write(folder: string, archive: Readable): Promise<void>;
}
