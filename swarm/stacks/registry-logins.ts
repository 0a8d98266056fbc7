import type { SwarmStackInputs } from "../../schema/stack";
import { addressOf, registryOf, tryLogin, type RegistryLogin } from "../../docker/registries";
import { registryProblem } from "../../docker/registry-problems";
import type { EngineClient } from "../../docker/engine-client";
import { isEngineError } from "../../docker/errors";
import type { Context } from "../../foundation/context";
import { whileTrusted } from "./trusted-registries";

type Inputs = Pick<SwarmStackInputs, "registries" | "registryPasswords" | "registryCertificates">;

/** A registry that is not there must not hold up what needs nothing of it. */
const LOGIN_MS = 20_000;

/** The registries of a stack with user and password; nothing where it says nothing of any. */
export function loginsOf({ registries, registryPasswords = {} }: Inputs): RegistryLogin[] | undefined {
  if (!registries) return undefined;
  return Object.entries(registries).map(([server, username]) => ({
    ...{ server, username },
    password: registryPasswords[server] ?? "",
  }));
}

/** The login for an image's registry. */
export function loginFor(image: string, inputs: Inputs): RegistryLogin | undefined {
  const address = addressOf(registryOf(image));
  return loginsOf(inputs)?.find(({ server }) => addressOf(server) === address);
}

/** Services keep the logins that they were given, until a deploy says that there are none. */
export function withFormerLogins<I extends Inputs>(old: Inputs, inputs: I): I {
  return inputs.registries || !old.registries ? inputs : { ...inputs, registries: {} };
}

/** Docker's own file of logins (docker/cli, cli/config/configfile). */
export function dockerConfig(logins: readonly RegistryLogin[]): string {
  const auths = logins.map(({ server, username, password }) => [
    addressOf(server),
    { auth: Buffer.from(`${username}:${password}`).toString("base64") },
  ]);
  return JSON.stringify({ auths: Object.fromEntries(auths) as object });
}

/**
 * Whether the registries take a stack's logins, before anything of it is changed: a task would be told "No such image" alone.
 * One that gives no answer is only warned of, as what its nodes have of it still runs.
 *
 * @throws Error with what each registry said that does not
 */
export async function refuseLogins(engine: EngineClient, inputs: Inputs, context: Context): Promise<void> {
  const logins = loginsOf(inputs) ?? [];
  const refused = await whileTrusted(engine.transport, inputs, context, () =>
    Promise.all(logins.map((login) => refusal(engine, login, context))),
  );
  const problems = refused.filter(Boolean);
  if (problems.length > 0) throw new Error(`nothing was deployed:\n${problems.join("\n")}`);
}

/** What a registry says to a login that it does not take. */
async function refusal(
  engine: EngineClient,
  login: RegistryLogin,
  context: Context,
): Promise<string | undefined> {
  const { server, username } = login;
  const { signal } = context;
  try {
    await tryLogin(engine, login, { signal, timeoutMs: LOGIN_MS });
  } catch (error) {
    if (signal.aborted) throw error;
    const { message } = error as Error;
    const remedy = isEngineError(error) && registryProblem(error.answer, server);
    if (remedy) return `registry ${server} refused user ${username}: ${error.answer.trim()}. ${remedy}`;
    context.warn(`Registry ${server} could not be asked whether it takes user ${username}: ${message}`);
  }
}
