import { Duplex } from "node:stream";

/** The demultiplexed or plain ends of a command that carries an engine's API on its stdin and stdout. */
export interface CommandPipes {
  stdin: NodeJS.WritableStream;
  stdout: NodeJS.ReadableStream;
  /** Closes the command's connection. */
  destroy(): void;
  /** Resolves when the command has ended, with the reason to show when it ended too early. */
  ended: Promise<string>;
}

/**
 * A command's stdin and stdout as one socket-like stream, good enough for Node's http.Agent.
 * The socket methods that mean nothing on a pipe (keep-alive, no-delay, timers) are accepted and ignored.
 */
export class EngineStream extends Duplex {
  constructor(private readonly pipes: CommandPipes) {
    super({ allowHalfOpen: true });
    pipes.stdout.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) pipes.stdout.pause();
    });
    pipes.stdout.on("end", () => this.push(null));
    pipes.stdout.on("error", (error: Error) => this.destroy(error));
    pipes.stdin.on("error", (error: Error) => this.destroy(error));
    void pipes.ended.then((reason) => {
      if (!this.readableEnded && reason) this.destroy(new Error(reason));
    });
  }

  override _read(): void {
    this.pipes.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // The callback of write is not called by every stream of docker-modem; its return value is.
    if (this.pipes.stdin.write(chunk)) done();
    else this.pipes.stdin.once("drain", () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    this.pipes.stdin.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.pipes.destroy();
    done(error);
  }

  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
