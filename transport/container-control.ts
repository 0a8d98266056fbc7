import type { Readable } from "node:stream";
import type { ContainerConnection } from "../schema/connection";
import { aboutContainer } from "./container-failure";
import type { DockerClient } from "./docker-client";
import type { MachineControl } from "./machine-control";
import { outerEngine } from "./outer-engine";
import type { Session } from "../foundation/session";

/** An engine needs its time to end the tasks of the node; Docker kills it after that. */
const STOP_SECONDS = 60;

/** A node that is a container: its engine is the container's first process, its files lie in the container's volume. */
export class ContainerControl implements MachineControl {
  private readonly docker: DockerClient;
  private readonly name: string;

  constructor({ container, dockerHost }: ContainerConnection, session: Session) {
    this.name = container;
    this.docker = outerEngine(dockerHost, session);
  }

  stopEngine(): Promise<void> {
    return this.asked("stop its container", (action) =>
      this.docker.post(action, `/containers/${this.name}/stop`, { query: { t: STOP_SECONDS } }),
    );
  }

  startEngine(): Promise<void> {
    return this.asked("start its container", (action) =>
      this.docker.post(action, `/containers/${this.name}/start`),
    );
  }

  read(path: string): Promise<Readable> {
    // The volume is mounted for the copy, whether the container runs or not.
    return this.asked(`read ${path}`, (action) =>
      this.docker.open(action, "GET", `/containers/${this.name}/archive`, { query: { path } }),
    );
  }

  write(path: string, archive: Readable): Promise<void> {
    return this.asked(`write ${path}`, (action) =>
      this.docker.put(action, `/containers/${this.name}/archive`, { query: { path }, body: archive }),
    );
  }

  private async asked<T>(action: string, call: (action: string) => Promise<T>): Promise<T> {
    try {
      return await call(action);
    } catch (error) {
      throw aboutContainer(this.name, action, error);
    }
  }
}
