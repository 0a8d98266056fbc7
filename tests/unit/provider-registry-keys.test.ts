import { compareSync } from "bcryptjs";
import { X509Certificate } from "node:crypto";
import type { Context } from "../../foundation/context";
import { Session } from "../../foundation/session";
import { registryKeys } from "../../provider/handlers/registry-keys";
import { Operations, type AnyHandler } from "../../provider/rpc/operations";
import type { RegistryKeysInputs, RegistryKeysOutputs } from "../../schema/registry-keys";
import { shapeOf } from "../../schema/package-schema";
import { checkRegistry } from "../../validation/cluster-registry";

type State = RegistryKeysInputs & RegistryKeysOutputs;

const context: Context = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => undefined,
  info: () => undefined,
  warn: () => undefined,
};
const shape = shapeOf("swarm:index:RegistryKeys");
const operations = new Operations(registryKeys as unknown as AnyHandler, shape, context);
const decoded = (values: object) => ({ values: { ...values }, secrets: new Set<string>() });
const GIVEN = { address: "10.0.0.11", username: "deploy" };
const DAY_MS = 86_400_000;

async function made(inputs: RegistryKeysInputs): Promise<State> {
  const { values, secrets } = await operations.create(decoded(inputs), context);
  expect([...secrets].sort()).toEqual(["authorityKey", "key", "password", "users"]);
  return values as unknown as State;
}

async function updated(old: State, inputs: RegistryKeysInputs): Promise<State> {
  if (operations.diff(decoded(old), decoded(inputs)).changed.length === 0) return old;
  const { values } = await operations.update("id", decoded(old), decoded(inputs), context);
  return values as unknown as State;
}

/** What of it is another than before. */
const changed = (old: State, now: State) =>
  (Object.keys(old) as (keyof State)[]).filter((name) => old[name] !== now[name]).sort();

test("the registry's file of users has a hash of the password, and the authority signs for the address", async () => {
  const { password, users, authority, certificate } = await made(GIVEN);
  const [user, hash] = users.trim().split(":");
  expect(user).toBe("deploy");
  // What the registry takes: it knows no other kind of hash.
  expect(hash).toMatch(/^\$2[aby]\$05\$/);
  expect(password).toMatch(/^[\w-]{32}$/);
  expect([compareSync(password, hash), compareSync(`${password}x`, hash)]).toEqual([true, false]);
  const server = new X509Certificate(certificate);
  expect(server.checkIP("10.0.0.11")).toBe("10.0.0.11");
  expect(server.verify(new X509Certificate(authority).publicKey)).toBe(true);
  expect((await made(GIVEN)).password).not.toBe(password);
});

test.each<[string, Partial<RegistryKeysInputs>, string[]]>([
  ["nothing", {}, []],
  ["the address", { address: "10.0.0.12" }, ["address", "certificate", "expires", "key"]],
  ["the user", { username: "ci" }, ["username", "users"]],
  ["the trigger", { rotate: "2" }, ["certificate", "expires", "key", "password", "rotate", "users"]],
])(
  "another value of %s renews what depends on it, and never the authority",
  async (_what, inputs, renewed) => {
    const old = { ...(await made({ ...GIVEN, rotate: "1" })), expires: "2099-01-01T00:00:00.000Z" };
    const now = await updated(old, { ...GIVEN, rotate: "1", ...inputs });
    expect(changed(old, now)).toEqual(renewed);
    const hash = now.users.trim().split(":")[1];
    expect(compareSync(now.password, hash)).toBe(true);
    expect(new X509Certificate(now.certificate).checkIP(now.address)).toBe(now.address);
  },
);

test("the certificate is renewed two years before its end, and nothing else", async () => {
  const fresh = await made(GIVEN);
  expect(Date.parse(fresh.expires) - Date.now()).toBeGreaterThan(4.9 * 365 * DAY_MS);
  const at = (days: number) => ({ ...fresh, expires: new Date(Date.now() + days * DAY_MS).toISOString() });
  expect(changed(at(731), await updated(at(731), GIVEN))).toEqual([]);
  const old = at(729);
  expect(changed(old, await updated(old, GIVEN))).toEqual(["certificate", "expires", "key"]);
  expect(operations.diff(decoded(old), decoded(GIVEN)).changed).toEqual(["address"]);
});

test.each<[string, object, RegExp | undefined]>([
  ["all of it", { node: "app-1", address: "fd00::1", port: 443, username: "ci" }, undefined],
  ["outputs, which are not known yet", { node: "", address: "", port: "", username: "" }, undefined],
  ["no address", { node: "app-1", port: 5000 }, /^address is missing/],
  ["no node", { address: "10.0.0.1", port: 5000 }, /^node is missing/],
  ["a URL", { node: "a", address: "https://x", port: 5000 }, /^address "https:\/\/x" is neither/],
  ["a port in the address", { node: "a", address: "10.0.0.1:5000", port: 5000 }, /^address .*without/],
  ["a constraint", { node: "node.role == worker", address: "a", port: 5000 }, /^node .*no hostname/],
  ["a port that is none", { node: "a", address: "a", port: 70_000 }, /^port 70000 is not/],
  ["a user with a colon", { node: "a", address: "a", port: 1, username: "a:b" }, /^username "a:b"/],
])("a registry with %s", (_what, args, expected) => {
  const texts = checkRegistry(args).map(({ where, text }) => `${where} ${text}`);
  expect(texts).toHaveLength(expected ? 1 : 0);
  if (expected) expect(texts[0]).toMatch(expected);
});
