import { hashSync } from "bcryptjs";
import { randomBytes, X509Certificate } from "node:crypto";
import { makeAuthority, makeServerCertificate, type KeyPair } from "../../foundation/certificate";
import type { RegistryKeysInputs, RegistryKeysOutputs } from "../../schema/registry-keys";
import { checkRegistryKeys } from "../../validation/cluster-registry";
import type { Handler } from "../handler";

type State = RegistryKeysInputs & RegistryKeysOutputs;

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 20 * 365;
const CERTIFICATE_DAYS = 5 * 365;
/** An update this long before its end makes another certificate: clusters are not updated every day. */
const RENEWED_MS = 2 * 365 * DAY_MS;
/** The registry hashes at every request; a password of 192 random bits needs no slow hash. It is the default of htpasswd. */
const ROUNDS = 5;

/** What a registry and its users know each other by, made once and kept in the state: nothing of it is anywhere else before that. */
export const registryKeys: Handler<RegistryKeysInputs, RegistryKeysOutputs> = {
  check: checkRegistryKeys,
  due: (old) => (isEnding(old) ? ["address"] : []),
  renewed(_changed, old, inputs) {
    const changed: (keyof RegistryKeysOutputs)[] = [];
    if (isRotated(old, inputs)) changed.push("password");
    if (isOtherUser(old, inputs)) changed.push("users");
    if (isOtherServer(old, inputs)) changed.push("certificate", "key", "expires");
    return changed;
  },

  create({ address, username }) {
    const authority = makeAuthority("pulumi-swarm registry", AUTHORITY_DAYS);
    const outputs = {
      ...userWith(username, newPassword()),
      ...{ authority: authority.certificate, authorityKey: authority.key },
      ...serverAt(address, authority),
    };
    return Promise.resolve({ id: `registry-${randomBytes(8).toString("hex")}`, outputs });
  },

  read: (_id, state) => Promise.resolve({ inputs: state, outputs: made(state) }),

  update(_id, old, inputs) {
    const password = isRotated(old, inputs) ? newPassword() : old.password;
    const authority = { certificate: old.authority, key: old.authorityKey };
    return Promise.resolve({
      ...made(old),
      // A hash has a salt: another one of the same password would be a change of the registry.
      ...(isOtherUser(old, inputs) ? userWith(inputs.username, password) : {}),
      ...(isOtherServer(old, inputs) ? serverAt(inputs.address, authority) : {}),
    });
  },

  delete: () => Promise.resolve(),
};

function made(state: State): RegistryKeysOutputs {
  const { password, users, authority, authorityKey, certificate, key, expires } = state;
  return { password, users, authority, authorityKey, certificate, key, expires };
}

/** Of characters that need no quotes anywhere. */
function newPassword(): string {
  return randomBytes(24).toString("base64url");
}

function userWith(username: string, password: string) {
  return { password, users: `${username}:${hashSync(password, ROUNDS)}\n` };
}

function serverAt(address: string, authority: KeyPair) {
  const server = makeServerCertificate(authority, address, CERTIFICATE_DAYS);
  return { ...server, expires: new Date(new X509Certificate(server.certificate).validTo).toISOString() };
}

function isRotated(old: State, { rotate }: RegistryKeysInputs): boolean {
  return rotate !== undefined && rotate !== old.rotate;
}

function isOtherUser(old: State, inputs: RegistryKeysInputs): boolean {
  return isRotated(old, inputs) || old.username !== inputs.username;
}

function isOtherServer(old: State, inputs: RegistryKeysInputs): boolean {
  return isRotated(old, inputs) || old.address !== inputs.address || isEnding(old);
}

function isEnding({ expires }: State): boolean {
  return Date.parse(expires) - Date.now() < RENEWED_MS;
}
