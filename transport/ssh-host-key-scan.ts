import { Client } from "ssh2";
import type { SshEndpoint } from "../schema/connection";
import { untilConnected } from "./ssh-attempts";
import { useBastion } from "./ssh-bastion";
import { KEY_TYPES, typeOf } from "./ssh-host-key";
import { SSH_LIMITS } from "./ssh-link";
import type { InSession } from "../foundation/session";

/** Where a machine listens, before anything else is known of it. */
export interface Unknown {
  host: string;
  /** @default 22 */
  port?: number;
  proxy?: SshEndpoint;
}

/**
 * The host key that a machine presents now, as a public key line. Nobody vouches for it: it is for pinning at first use.
 * Nothing is sent beyond the key exchange. Rejects with {@link TransportError}.
 */
export async function presentedHostKey(
  { host, port = 22, proxy }: Unknown,
  { signal, session }: InSession & { signal?: AbortSignal },
): Promise<string> {
  const bastion = proxy && useBastion(proxy, SSH_LIMITS, session);
  try {
    return await untilConnected({ node: host, port, user: "" }, SSH_LIMITS, signal, async (timeoutMs) => {
      const sock = await bastion?.link.forward(host, port);
      return new Promise((resolve, reject) => {
        const client = new Client();
        client.on("error", reject);
        client.once("close", () => reject(new Error("closed the connection before it showed its host key")));
        client.connect({
          host,
          port,
          sock,
          username: "nobody",
          readyTimeout: timeoutMs,
          algorithms: { serverHostKey: KEY_TYPES },
          hostVerifier: (key: Buffer) => {
            resolve(`${typeOf(key)} ${key.toString("base64")}`);
            // Ends the connection: that was all.
            return false;
          },
        });
      });
    });
  } finally {
    bastion?.end();
  }
}
