import { isContainerConnection, isSshConnection, type Connection } from "../contract/connection";
import { EngineClient } from "./engine-client";
import { ContainerTransport } from "../transport/container";

const clients = new Map<string, EngineClient>();

/** The engine client of a node: one per connection for the life of this process, opened at its first call. */
export function connect(connection: Connection): EngineClient {
  const key = JSON.stringify(connection);
  let client = clients.get(key);
  if (!client) {
    client = new EngineClient(open(connection));
    clients.set(key, client);
  }
  return client;
}

/** Closes every connection, so that the process can end. */
export function closeConnections(): void {
  for (const client of clients.values()) client.close();
  clients.clear();
}

function open(connection: Connection) {
  if (isContainerConnection(connection)) return new ContainerTransport(connection);
  if (!isSshConnection(connection)) {
    const { EngineTransport } = require("../transport/engine") as typeof import("../transport/engine");
    return new EngineTransport(connection);
  }
  // Loaded only for machines over SSH: a local cluster does not pay for it.
  const { SshTransport } = require("../transport/ssh") as typeof import("../transport/ssh");
  return new SshTransport(connection);
}

/** Closes one node's connection, before its machine goes away. */
export function disconnect(connection: Connection): void {
  const key = JSON.stringify(connection);
  clients.get(key)?.close();
  clients.delete(key);
}
