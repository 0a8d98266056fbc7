import type { Readable } from "node:stream";
import type Docker from "dockerode";
import type { ContainerConnection } from "../schema/connection";
import type { MachineControl } from "./machine-control";
import { outerEngine } from "./outer-engine";
import { TransportError } from "./transport";
import type { Session } from "../foundation/session";

/** An engine needs its time to end the tasks of the node; Docker kills it after that. */
const STOP_SECONDS = 60;

/** A node that is a container: its engine is the container's first process, its files lie in the container's volume. */
export class ContainerControl implements MachineControl {
  private readonly container: Docker.Container;

  constructor(
    private readonly connection: ContainerConnection,
    session: Session,
  ) {
    this.container = outerEngine(connection.dockerHost, session).getContainer(connection.container);
  }

  async stopEngine(): Promise<void> {
    await this.call("stop its container", () => this.container.stop({ t: STOP_SECONDS }));
  }

  async startEngine(): Promise<void> {
    await this.call("start its container", () => this.container.start());
  }

  read(path: string): Promise<Readable> {
    // The volume is mounted for the copy, whether the container runs or not.
    return this.call(`read ${path}`, async () => (await this.container.getArchive({ path })) as Readable);
  }

  async write(folder: string, archive: Readable): Promise<void> {
    await this.call(`write ${folder}`, () => this.container.putArchive(archive, { path: folder }));
  }

  private async call<T>(action: string, operation: () => Promise<T>): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      const { statusCode, json } = error as { statusCode?: number; json?: { message?: string } };
      // It is so already.
      if (statusCode === 304) return undefined as T;
      throw new TransportError(
        this.connection.container,
        statusCode === 404 ? "gone" : "unreachable",
        `${action}: ${json?.message ?? (error as Error).message}`,
        `Look at it: docker inspect ${this.connection.container}`,
      );
    }
  }
}
