import { isContainerConnection, isSshConnection, type Connection } from "../schema/connection";
import { slot, type InSession } from "../foundation/session";
import { EngineClient } from "./engine-client";
import { ContainerTransport } from "../transport/container-transport";

const clients = slot(() => new Map<string, EngineClient>());

/** The engine client of a node: one per connection in a session, opened at its first call. */
export function connect(connection: Connection, within: InSession): EngineClient {
  const open = within.session.get(clients);
  const key = JSON.stringify(connection);
  let client = open.get(key);
  if (!client) {
    client = new EngineClient(transportTo(connection, within));
    open.set(key, client);
  }
  return client;
}

/** Closes every connection of a session, so that the process can end. */
export function closeConnections({ session }: InSession): void {
  const open = session.get(clients);
  for (const client of open.values()) client.close();
  open.clear();
}

function transportTo(connection: Connection, { session }: InSession) {
  if (isContainerConnection(connection)) return new ContainerTransport(connection, session);
  if (!isSshConnection(connection)) {
    const { EngineTransport } = require("../transport/engine") as typeof import("../transport/engine");
    return new EngineTransport(connection);
  }
  // Loaded only for machines over SSH: a local cluster does not pay for it.
  const { SshTransport } =
    require("../transport/ssh-transport") as typeof import("../transport/ssh-transport");
  return new SshTransport(connection, {}, session);
}

/** Closes one node's connection, before its machine goes away. */
export function disconnect(connection: Connection, { session }: InSession): void {
  const open = session.get(clients);
  const key = JSON.stringify(connection);
  open.get(key)?.close();
  open.delete(key);
}
