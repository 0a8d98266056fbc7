import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Vm } from "./vm";

/**
 * Lets hosts install packages, though they reach nothing but this machine: a proxy for what apt asks its mirrors,
 * which is signed and comes over plain HTTP. It listens on this machine's end of the hosts' network only.
 */
export class PackageProxy {
  private constructor(
    private readonly server: Server,
    private readonly url: string,
  ) {}

  /** @param address - of this machine in the hosts' network, {@link VmNetwork.outside}. */
  static async start(address: string): Promise<PackageProxy> {
    const server = createServer(forward).listen(0, address);
    await once(server, "listening");
    return new PackageProxy(server, `http://${address}:${(server.address() as AddressInfo).port}`);
  }

  /** Tells a host's apt of it. */
  async serve(vm: Vm): Promise<void> {
    await vm.output(`echo 'Acquire::http::Proxy "${this.url}";' > /etc/apt/apt.conf.d/90proxy`);
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }
}

function forward(asked: IncomingMessage, answer: ServerResponse): void {
  const isForMirror = asked.method === "GET" && asked.url?.startsWith("http://");
  if (!isForMirror) return void answer.writeHead(403).end();
  const { host: _host, ...headers } = asked.headers;
  const passed = request(asked.url as string, { headers }, (found) => {
    answer.writeHead(found.statusCode ?? 502, found.headers);
    found.pipe(answer);
  });
  passed.on("error", (error) => {
    if (answer.headersSent) answer.destroy();
    else answer.writeHead(502, error.message.replace(/[^\x20-\x7e]/g, " ")).end();
  });
  passed.end();
}
