import { SWARM_COMMAND } from "../foundation/command-lines";
import { trimEnd } from "../foundation/trim-end";
/**
 * What an Engine API error means. The engine's status codes are too coarse to tell (503 alone stands for seven
 * things), so errors are told apart by their texts; tests hold the real ones.
 */
export type EngineErrorKind =
  | "not-in-swarm"
  | "already-in-swarm"
  | "not-a-manager"
  | "locked"
  | "not-locked"
  | "wrong-key"
  | "no-leader"
  | "out-of-sequence"
  | "join-timeout"
  | "peer-unreachable"
  | "bad-token"
  | "quorum-guard"
  | "in-use"
  | "not-running"
  | "exists"
  | "not-found"
  | "no-space"
  | "other";

/** One row: a part of the engine's text, what it means, what the reader can do. First match wins. */
const MEANINGS: readonly [RegExp, EngineErrorKind, string][] = [
  [
    /Timeout was reached before node joined/,
    "join-timeout",
    "The join goes on in the background; run the same command again.",
  ],
  // A manager that was demoted this moment: its part that answers for the swarm has just ended.
  [/swarm\/control\.sock/, "not-a-manager", "Ask a manager instead."],
  [
    /connection error: desc|no route to host/,
    "peer-unreachable",
    "Open port 2377/tcp of the managers to this machine and run the same command again.",
  ],
  [
    /is already part of a swarm/,
    "already-in-swarm",
    "Remove it from that swarm first: docker swarm leave --force",
  ],
  [/Swarm is encrypted and needs to be unlocked/, "locked", `Unlock it: ${SWARM_COMMAND} unlock`],
  [/swarm is not locked/, "not-locked", "There is nothing to do."],
  [
    /could not be unlocked: invalid key|invalid key string/,
    "wrong-key",
    "Give it the key that it was locked with.",
  ],
  [/Worker nodes can't be used to view or modify cluster state/, "not-a-manager", "Ask a manager instead."],
  [
    /is not a swarm manager|not part of a swarm/i,
    "not-in-swarm",
    "Run `pulumi up --refresh`: the machine joins again.",
  ],
  [
    // The last one: a manager passes an operation on to a leader that goes this moment, in swarmkit's own words.
    /does not have a leader|no elected cluster leader|lost leader status|context deadline exceeded|(?:connection|transport) is closing|the connection is unavailable/,
    "no-leader",
    "Bring back managers until more than half of them run; nothing is forced unasked.",
  ],
  [
    /update out of sequence/,
    "out-of-sequence",
    "Somebody else changed it at the same moment; run the same command again.",
  ],
  [
    /valid join token is necessary|remote CA does not match fingerprint|invalid join token/i,
    "bad-token",
    "The join token was rotated meanwhile; run the same command again.",
  ],
  [
    /result in (?:a )?loss of quorum|last manager|must be demoted to worker before removal|is not down and can't be removed|participating as a manager/i,
    "quorum-guard",
    "Add managers first, or change one at a time.",
  ],
  [/is in use by|volume is in use|has active endpoints/i, "in-use", "Remove what uses it first."],
  [
    /container (?:\S+ )?is (?:not running|paused|restarting)|cannot exec in a (?:stopped|paused) container/i,
    "not-running",
    "Start it, and run the same command again.",
  ],
  [
    /name conflicts with an existing object|already exists|already in use by container/i,
    "exists",
    "Choose another name or remove the object that has it.",
  ],
  [
    // docker stack deploy, of what a service names.
    /^service \S+: (?:secret|config) not found: /,
    "other",
    "Where the program makes it, somebody has removed it: run `pulumi up --refresh`. Else make it first.",
  ],
  // Not a 404: another removal of the same image had just finished.
  [/unrecognized image ID/, "not-found", "Run the same command again."],
  [
    /no space left on device/i,
    "no-space",
    "Free disk space on the machine: docker system prune, docker system df",
  ],
];

const MAKE_AGAIN = "Run `pulumi up --refresh` to make it again.";

/** An answer of a Docker Engine that was not a success: which node, what was asked, the answer, what to do now. */
export class EngineError extends Error {
  constructor(
    readonly node: string,
    readonly action: string,
    readonly status: number,
    readonly answer: string,
    readonly kind: EngineErrorKind,
    remedy: string,
  ) {
    super(`${node}: ${action}: ${trimEnd(answer)}.${remedy ? ` ${remedy}` : ""}`);
    this.name = "EngineError";
  }
}

/** What the engine itself says in the body of an answer that is no success. */
export function messageIn(body: string, status: number): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === "string" && message !== "") return message;
  } catch {
    // Somebody in between answered, or an engine that ends: then it is plain text.
  }
  return body.trim() || `HTTP ${status}`;
}

/** Maps a status code and the engine's own text to an {@link EngineError}. The only place that reads those texts. */
export function engineError(node: string, action: string, status: number, answer: string): EngineError {
  const clean = answer.replace(/^rpc error: code = \w+ desc = /, "").trim();
  const found = MEANINGS.find(([text]) => text.test(clean));
  if (found) return new EngineError(node, action, status, clean, found[1], found[2]);
  // Only the status tells: "not found" in another answer speaks of something else, such as a program in the container.
  if (status === 404) return new EngineError(node, action, status, clean, "not-found", MAKE_AGAIN);
  return new EngineError(node, action, status, clean, "other", "");
}

/** Whether an error is the engine's answer of one of these kinds. */
export function isEngineError(error: unknown, ...kinds: EngineErrorKind[]): error is EngineError {
  return error instanceof EngineError && (kinds.length === 0 || kinds.includes(error.kind));
}

/** The result of a look-up, or nothing where the engine says that there is no such object. */
export async function ifPresent<T>(lookup: Promise<T>): Promise<T | undefined> {
  try {
    return await lookup;
  } catch (error) {
    if (isEngineError(error, "not-found")) return undefined;
    throw error;
  }
}
