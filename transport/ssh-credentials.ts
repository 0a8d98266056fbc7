import { utils, type AnyAuthMethod, type ParsedKey } from "ssh2";
import type { SshEndpoint } from "../schema/connection";
import { OWN_AGENT } from "../schema/connection";
import { TransportError } from "./transport";

/** The ways to log in that the connection gives, keys first. Throws {@link TransportError} for a key nobody can read. */
export function authMethods(connection: SshEndpoint): AnyAuthMethod[] {
  const { privateKey, agentSocketPath, password } = connection;
  const username = userOf(connection);
  const methods: AnyAuthMethod[] = [];
  if (privateKey) methods.push({ type: "publickey", username, key: readPrivateKey(connection) });
  const agent = agentSocketPath === OWN_AGENT ? process.env.SSH_AUTH_SOCK : agentSocketPath;
  if (agent) methods.push({ type: "agent", username, agent });
  if (password) {
    methods.push({ type: "password", username, password });
    // Servers that leave passwords to PAM ask for them this way only. What would be echoed is no password prompt.
    methods.push({
      type: "keyboard-interactive",
      username,
      prompt: (_name, _instructions, _language, prompts, answer) =>
        answer(prompts.map(({ echo }) => (echo ? "" : password))),
    });
  }
  return methods.length > 0 ? methods : [{ type: "none", username }];
}

export function userOf(connection: SshEndpoint): string {
  return connection.user ?? "root";
}

function readPrivateKey({ host, privateKey, privateKeyPassword }: SshEndpoint): ParsedKey {
  const key = utils.parseKey(privateKey ?? "", privateKeyPassword);
  if (!(key instanceof Error)) {
    const [first] = (Array.isArray(key) ? key : [key]) as ParsedKey[];
    if (first.isPrivateKey()) return first;
    throw new TransportError(
      host,
      "refused",
      "what is given as private key is a public key",
      "Give the other half of the pair.",
    );
  }
  if (/no passphrase given/i.test(key.message))
    throw new TransportError(
      host,
      "refused",
      "the private key is encrypted and no passphrase is given",
      "Give it as privateKeyPassword, as a Pulumi secret.",
    );
  if (privateKeyPassword)
    throw new TransportError(
      host,
      "refused",
      "the private key cannot be read with the given passphrase",
      "Check both with: ssh-keygen -y -f KEYFILE",
    );
  throw new TransportError(
    host,
    "refused",
    "the private key is in no format that can be read",
    "Give the file's content, not its path, in OpenSSH form (ssh-keygen -p -f KEYFILE rewrites a key in that form).",
  );
}
