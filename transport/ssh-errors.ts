import { TransportError, type TransportFailure } from "./transport";

/** What was dialled, for the texts. */
export interface SshTarget {
  /** The machine's name in errors. */
  node: string;
  port: number;
  user: string;
}

/** An error of the SSH library: `level` tells the stage that failed, `code` the socket's own error. */
export interface SshError extends Error {
  level?: string;
  code?: string | number;
}

/** A failed attempt to connect; `passing` when the next attempt may well succeed. */
export interface ExplainedError {
  error: TransportError;
  passing: boolean;
}

interface Meaning {
  when: (error: SshError) => boolean;
  failure: TransportFailure;
  passing?: boolean;
  means: (target: SshTarget) => string;
  remedy: (target: SshTarget) => string;
}

const code =
  (...codes: string[]) =>
  (error: SshError) =>
    typeof error.code === "string" && codes.includes(error.code);
const text = (pattern: RegExp) => (error: SshError) => pattern.test(error.message);

const NO_NETWORK = "Check that the machine runs, its address, and the firewalls and routes on the way to it.";

/** First match wins. */
const MEANINGS: readonly Meaning[] = [
  {
    when: (error) =>
      error.level === "client-authentication" || text(/too many authentication failures/i)(error),
    failure: "refused",
    means: ({ user }) => `its SSH server does not let "${user}" in`,
    remedy: ({ user }) =>
      `Check the user and the credentials: the public key belongs in ~${user}/.ssh/authorized_keys on that machine.`,
  },
  {
    when: text(/no matching host key format/),
    failure: "changed",
    means: () => "the machine has no host key of the pinned type",
    remedy: () =>
      "Look whether it is the right machine, then give one of its own: cat /etc/ssh/ssh_host_*_key.pub",
  },
  {
    when: (error) => error.level === "handshake",
    failure: "refused",
    means: () => "the SSH handshake failed",
    remedy: () => "Update the machine's SSH server, or allow one of the usual algorithms in its sshd_config.",
  },
  {
    when: code("ECONNREFUSED"),
    failure: "unreachable",
    passing: true,
    means: ({ port }) => `nothing listens on port ${port}`,
    remedy: () => "Start the SSH server on that machine, or give the port that it listens on.",
  },
  {
    when: code("ENOTFOUND"),
    failure: "unreachable",
    means: () => "its name has no address",
    remedy: () => "Check the host name, or give an IP address.",
  },
  {
    when: code("EAI_AGAIN"),
    failure: "unreachable",
    passing: true,
    means: () => "its name could not be looked up",
    remedy: () => "Check this machine's DNS, or give an IP address.",
  },
  {
    when: (error) =>
      code("ETIMEDOUT", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN")(error) ||
      error.level === "client-timeout",
    failure: "unreachable",
    passing: true,
    means: ({ port }) => `it does not answer on port ${port}`,
    remedy: () => NO_NETWORK,
  },
  {
    when: (error) =>
      code("ECONNRESET", "ECONNABORTED", "EPIPE")(error) ||
      text(/^Connection lost|^closed the connection/)(error),
    failure: "unreachable",
    passing: true,
    means: () => "it ended the SSH connection",
    remedy: () =>
      "Look at the SSH server's log there; it turns away whom it has seen fail too often (MaxStartups, PerSourcePenalties).",
  },
  {
    when: (error) => error.level === "protocol",
    failure: "unreachable",
    means: ({ port }) => `what answers on port ${port} is no SSH server`,
    remedy: () => "Give the port that the SSH server listens on.",
  },
];

const UNKNOWN: Omit<Meaning, "when"> = {
  failure: "unreachable",
  means: () => "the SSH connection failed",
  remedy: () => NO_NETWORK,
};

/** What a failed attempt to connect means. The only place that reads the SSH library's errors. */
export function explainConnect(target: SshTarget, error: Error, triedMs?: number): ExplainedError {
  if (error instanceof TransportError) return { error, passing: false };
  const meaning = MEANINGS.find(({ when }) => when(error)) ?? UNKNOWN;
  const tried = triedMs === undefined ? "" : `, tried for ${Math.round(triedMs / 1000)} s`;
  const answer = `${meaning.means(target)} (${lastAnswer(error)})${tried}`;
  return {
    error: new TransportError(target.node, meaning.failure, answer, meaning.remedy(target)),
    passing: meaning.passing ?? false,
  };
}

function lastAnswer(error: SshError): string {
  // A host with several addresses fails with one error for all of them, which has a code and no text.
  return error.message || String(error.code ?? error.name);
}
