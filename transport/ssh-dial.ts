import type { Duplex } from "node:stream";
import { Client } from "ssh2";
import type { SshEndpoint } from "../schema/connection";
import { authMethods, userOf } from "./ssh-credentials";
import { fingerprintOf, parseHostKey, typeOf } from "./ssh-host-key";
import { TransportError } from "./transport";

export interface DialLimits {
  /** Milliseconds until the login must be done. */
  timeoutMs: number;
  /** Milliseconds between two signs of life; three without an answer end the connection. */
  keepAliveMs: number;
}

const MISSED_KEEP_ALIVES = 3;

/**
 * One attempt to connect and log in, over `sock` where a bastion is in between. Rejects with the library's own error, or
 * a {@link TransportError} where it is final.
 */
export async function dialSsh(connection: SshEndpoint, limits: DialLimits, sock?: Duplex): Promise<Client> {
  const { host, port = 22 } = connection;
  const pinned = parseHostKey(connection.hostKey);
  if (typeof pinned === "string")
    throw new TransportError(
      host,
      "refused",
      pinned,
      "Give hostKey: on that machine, cat /etc/ssh/ssh_host_ed25519_key.pub",
    );
  const authHandler = authMethods(connection);
  let cause: Error | undefined;
  const client = new Client();
  return new Promise((resolve, reject) => {
    client.once("ready", () => resolve(client));
    client.on("error", (error: Error & { level?: string }) => {
      // Without its agent the login goes on with the next method; if none is left, the agent's complaint is the reason.
      if (error.level === "agent") cause = new Error(`SSH agent: ${error.message}`);
      else fail(error);
    });
    client.once("close", () => fail(new Error("closed the connection before the login was done")));
    client.connect({
      host,
      port,
      sock,
      username: userOf(connection),
      authHandler: authHandler as never,
      readyTimeout: limits.timeoutMs,
      keepaliveInterval: limits.keepAliveMs,
      keepaliveCountMax: MISSED_KEEP_ALIVES,
      algorithms: { serverHostKey: pinned.algorithms },
      hostVerifier: (key: Buffer) => {
        if (fingerprintOf(key) === pinned.fingerprint) return true;
        cause = mismatch(host, pinned.fingerprint, key);
        return false;
      },
    });

    function fail(error: Error): void {
      client.destroy();
      if (cause instanceof TransportError) reject(cause);
      else reject(cause ? Object.assign(error, { message: `${error.message}; ${cause.message}` }) : error);
    }
  });
}

function mismatch(host: string, pinned: string, presented: Buffer): TransportError {
  return new TransportError(
    host,
    "changed",
    `the machine presented the ${typeOf(presented)} host key ${fingerprintOf(presented)}, not the pinned ${pinned}`,
    "Somebody may be in between. If the machine was set up anew, or has that key among others, read its key on the machine itself " +
      "(cat /etc/ssh/ssh_host_ed25519_key.pub) and give that line as hostKey. A key that was pinned at first use is pinned anew by " +
      "`pulumi up --replace URN`, with the URN of the host's SshHostKey.",
  );
}
