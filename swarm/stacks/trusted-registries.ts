import { PassThrough } from "node:stream";
import { slot, type InSession } from "../../foundation/session";
import type { SwarmStackInputs } from "../../schema/stack";
import type { Transport } from "../../transport/transport";

type Inputs = Pick<SwarmStackInputs, "registryCertificates">;

/** A machine that says nothing for so long is not waited for: what is asked of its engine tells more. */
const SILENCE_MS = 10_000;

/**
 * Puts a certificate where the engine looks for it at each question, as long as the input is open: whatever ends who holds it takes it
 * away. Each `.crt` of the folder counts, so that of a task of `Registry` is another one, and where it is there nothing is to do.
 * Source: https://docs.docker.com/engine/security/certificates/
 */
const HOLD = `
at=/etc/docker/certs.d/$1
file=$at/pulumi-swarm-$$.crt
if [ "$(cat "$at/ca.crt" 2>/dev/null)" != "$2" ]; then
  trap 'rm -f "$file"; rmdir "$at" "\${at%/*}" 2>/dev/null' EXIT
  # A signal alone would end dash without its EXIT trap.
  trap 'exit 129' HUP INT TERM
  put() { mkdir -p "$at" && printf '%s\\n' "$2" >"$file"; }
  # Somebody else may just remove the folder.
  put "$@" || put "$@" || exit 1
  echo trusted
  cat >/dev/null
fi
`;

/** A certificate that an engine trusts for the time being, and how many need it. */
interface Trust {
  users: number;
  /** Settles once it is there, or cannot be. */
  begun: Promise<void>;
  /** Settles once it is gone. */
  end(): Promise<void>;
  ended?: Promise<void>;
}

/** One for all that is deployed at once: the engine fails to ask where a file goes that it has just listed. */
const trusts = slot(() => new WeakMap<Transport, Map<string, Trust>>());

/**
 * Asks something that makes a manager's engine talk to the registries of a stack, while it trusts those whose certificates are known: a
 * manager that is drained has no task of `Registry` that would see to it. Where its user may not do that the question is asked all the
 * same, and the engine says what it does not trust.
 */
export async function whileTrusted<T>(
  transport: Transport,
  { registryCertificates = {} }: Inputs,
  context: InSession,
  ask: () => Promise<T>,
): Promise<T> {
  // The files of this machine are not those of the engine's.
  const certificates = transport.traits.runsElsewhere ? [] : Object.entries(registryCertificates);
  const releases = await Promise.all(
    certificates.map(([server, certificate]) => trusted(transport, server, certificate, context)),
  );
  try {
    return await ask();
  } finally {
    await Promise.all(releases.map((release) => release()));
  }
}

/** @returns what ends it, once the last one who needs it says so */
async function trusted(transport: Transport, server: string, certificate: string, { session }: InSession) {
  const all = session.get(trusts);
  const here = all.get(transport) ?? new Map<string, Trust>();
  all.set(transport, here);
  const key = `${server} ${certificate}`;
  while (here.get(key)?.ended) await here.get(key)?.ended;
  const trust = here.get(key) ?? begin(transport, server, certificate);
  here.set(key, trust);
  trust.users++;
  await trust.begun;
  return async () => {
    if (--trust.users > 0) return;
    trust.ended = trust.end().finally(() => here.delete(key));
    await trust.ended;
  };
}

function begin(transport: Transport, server: string, certificate: string): Trust {
  const input = new PassThrough();
  const silence = new AbortController();
  const giveUpLater = () => setTimeout(() => silence.abort(), SILENCE_MS);
  let timer = giveUpLater();
  let tell = () => {};
  const told = new Promise<void>((resolve) => (tell = resolve));
  const options = { stdin: input, onStdout: () => tell(), signal: silence.signal };
  const over = transport
    .run(["sh", "-c", HOLD, "sh", server, certificate.trim()], options)
    // Why it could not be is said by the engine that is asked.
    .then(tell, tell);
  return {
    users: 0,
    begun: told.then(() => clearTimeout(timer)),
    end() {
      timer = giveUpLater();
      input.end();
      return over.finally(() => clearTimeout(timer));
    },
  };
}
