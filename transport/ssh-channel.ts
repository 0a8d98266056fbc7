import type { Client, ClientChannel } from "ssh2";
import { waitFor, WaitTimeout } from "../foundation/wait";
import type { Slots } from "./slots";
import { TransportError } from "./transport";

/** A connection that is up, until `lost` says why it is not. */
export interface LiveConnection {
  client: Client;
  slots: Slots;
  lost?: string;
}

/** A stream to a socket of the machine. `lost` answers why the connection under it went away, if it did. */
export interface Socket {
  channel: ClientChannel;
  lost: () => string | undefined;
}

const REFUSED_RETRY_MS = 100;
const REFUSED_FOR_MS = 3_000;

/** What a server answered to "open a session and run this": a channel, no more sessions, or nothing any more. */
type Answer = { channel: ClientChannel } | { refused: string } | { lost: true };

/**
 * Runs a command in a session of its own, as soon as the server has one to give.
 * Answers undefined when the connection was lost before the command was sent.
 */
export async function openSession(
  live: LiveConnection,
  node: string,
  command: string,
  signal?: AbortSignal,
): Promise<ClientChannel | undefined> {
  const release = await live.slots.take(signal);
  try {
    const answer = await waitFor<Answer>(
      {
        name: "its SSH server opens a session",
        on: node,
        intervalMs: REFUSED_RETRY_MS,
        timeoutMs: REFUSED_FOR_MS,
        signal,
      },
      async () => {
        const seen = await exec(live, node, command);
        // Alone and refused: the session of a command that ended a moment ago may still be counted over there.
        if ("refused" in seen && !live.slots.shrink()) return { pending: seen.refused };
        return { done: seen };
      },
    );
    if ("channel" in answer) {
      answer.channel.once("close", release);
      return answer.channel;
    }
    release();
    if ("lost" in answer) return undefined;
  } catch (error) {
    release();
    if (!(error instanceof WaitTimeout)) throw error;
    const answer = `its SSH server opens no session (${error.lastReason})`;
    throw new TransportError(
      node,
      "refused",
      answer,
      "Raise MaxSessions in its sshd_config; 10 is what it has by default.",
    );
  }
  return openSession(live, node, command, signal);
}

/**
 * Opens a stream to a socket, which takes none of the server's sessions. Undefined where that does not work, for whatever
 * reason: a command can do the same, and says what is wrong.
 */
export function openSocket(live: LiveConnection, path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    try {
      live.client.openssh_forwardOutStreamLocal(path, (error, channel) =>
        resolve(error ? undefined : { channel, lost: () => live.lost }),
      );
    } catch {
      // Thrown, not called back, where the connection is closed already.
      resolve(undefined);
    }
  });
}

function exec(live: LiveConnection, node: string, command: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (live.lost) return resolve({ lost: true });
    try {
      live.client.exec(command, (error: (Error & { reason?: number | string }) | undefined, channel) => {
        if (!error) resolve({ channel });
        else if (typeof error.reason === "number") resolve({ refused: error.message });
        else if (error.message === "No response from server") resolve({ lost: true });
        else reject(unanswered(live, node, error));
      });
    } catch (error) {
      // Thrown, not called back, where the socket is closed already.
      if ((error as Error).message === "Not connected") resolve({ lost: true });
      else reject(error as Error);
    }
  });
}

/** The command was sent, and it is not known whether it ran. */
function unanswered(live: LiveConnection, node: string, error: Error): TransportError {
  if (live.lost) return connectionLost(node, live.lost);
  return new TransportError(
    node,
    "refused",
    `its SSH server runs no commands (${error.message})`,
    "Allow this user to run commands: no ForceCommand, no `command=` in authorized_keys, a login shell.",
  );
}

/** The connection went away under a command. It is not sent again: it may have done its work. */
export function connectionLost(node: string, reason: string): TransportError {
  return new TransportError(
    node,
    "unreachable",
    `the SSH connection was lost (${reason})`,
    "Check that the machine runs, then run the same command again.",
  );
}

/** Ends a session early, and its command where the server allows that. What it still prints is dropped. */
export function endSession(channel: ClientChannel): void {
  channel.unpipe();
  channel.resume();
  channel.stderr.resume();
  // Without a terminal a command outlives its session, so it gets a signal. The library's own `signal()` does nothing
  // once stdin is closed: https://github.com/mscdex/ssh2/pull/1510
  const { outgoing, _client } = channel as unknown as ChannelInternals;
  if (outgoing.state === "open" || outgoing.state === "eof") _client._protocol?.signal(outgoing.id, "TERM");
  channel.close();
}

interface ChannelInternals {
  outgoing: { id: number; state: string };
  _client: { _protocol?: { signal(channel: number, name: string): void } };
}
