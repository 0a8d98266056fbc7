import { createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** A socket that carries each of its connections to an engine. */
export interface EngineSocket {
  /** Ends its connections, and removes it. */
  close(): Promise<void>;
}

/** Nobody but its owner may connect. */
const NOT_FOR_OTHERS = 0o177;

/**
 * Listens on a socket of this machine.
 *
 * @param dial - opens a stream to the engine, anew for each connection; why it could not is printed
 */
export function listenOn(path: string, dial: () => Promise<Duplex>): Promise<EngineSocket> {
  const open = new Set<Duplex>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    keep(client, open);
    dial().then(
      (engine) => join(client, keep(engine, open)),
      (error: Error) => {
        if (server.listening) console.error(error.message);
        client.destroy();
      },
    );
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const stream of open) stream.destroy();
    });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    // It has its mode from the beginning: changed afterwards, somebody could have connected before.
    const before = process.umask(NOT_FOR_OTHERS);
    server.listen(path, () => resolve({ close }));
    process.umask(before);
  });
}

function keep<D extends Duplex>(stream: D, open: Set<Duplex>): D {
  open.add(stream);
  return stream.on("error", () => stream.destroy()).on("close", () => open.delete(stream));
}

function join(client: Socket, engine: Duplex): void {
  // It may have gone while a manager was looked for.
  if (client.destroyed) return void engine.destroy();
  client.pipe(engine).pipe(client);
  client.on("close", () => engine.destroy());
  engine.on("error", () => client.destroy());
}
