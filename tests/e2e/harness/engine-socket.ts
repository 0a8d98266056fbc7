import { spawn } from "node:child_process";
import { createServer, type Server, type Socket } from "node:net";
import path from "node:path";

/** The engine of a node on a socket of this machine, as somebody's own forwarding would bring it there. */
export class EngineSocket {
  private readonly clients = new Set<Socket>();

  private constructor(
    readonly address: string,
    private readonly server: Server,
  ) {}

  static async of(container: string, folder: string): Promise<EngineSocket> {
    const file = path.join(folder, "engine.sock");
    const server = createServer({ allowHalfOpen: true });
    const socket = new EngineSocket(`unix://${file}`, server);
    server.on("connection", (client: Socket) => {
      socket.clients.add(client.on("error", () => client.destroy()));
      const carrier = spawn("docker", ["exec", "--interactive", container, "docker", "system", "dial-stdio"]);
      carrier.stdin.on("error", () => client.destroy());
      client.pipe(carrier.stdin);
      carrier.stdout.pipe(client);
      client.on("close", () => carrier.kill());
    });
    await new Promise<void>((resolve) => server.listen(file, resolve));
    return socket;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const client of this.clients) client.destroy();
    await closed;
  }
}
