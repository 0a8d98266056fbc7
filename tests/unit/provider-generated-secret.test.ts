import type { Context } from "../../foundation/context";
import { Session } from "../../foundation/session";
import { generatedSecret } from "../../provider/handlers/generated-secret";
import { Operations, type AnyHandler } from "../../provider/rpc/operations";
import { UNKNOWN } from "../../provider/values";
import type { GeneratedSecretInputs, GeneratedSecretOutputs } from "../../schema/generated-secret";
import { shapeOf } from "../../schema/package-schema";
import { checkGenerated } from "../../validation/generated-secret";

type State = GeneratedSecretInputs & GeneratedSecretOutputs;

const context: Context = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => undefined,
  info: () => undefined,
  warn: () => undefined,
};
const shape = shapeOf("swarm:index:GeneratedSecret");
const operations = new Operations(generatedSecret as unknown as AnyHandler, shape, context);
const decoded = (values: object) => ({ values: { ...values }, secrets: new Set<string>() });
const DAY_MS = 86_400_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

async function made(inputs: GeneratedSecretInputs): Promise<State> {
  const { values, secrets } = await operations.create(decoded(inputs), context);
  expect(secrets).toContain("value");
  return values as unknown as State;
}

async function updated(old: State, inputs: GeneratedSecretInputs): Promise<State> {
  if (operations.diff(decoded(old), decoded(inputs)).changed.length === 0) return old;
  const { values } = await operations.update("id", decoded(old), decoded(inputs), context);
  return values as unknown as State;
}

test("without a word it is 32 letters and digits, each as likely as another, and never the same twice", async () => {
  const [one, two] = [await made({}), await made({})];
  expect(one.value).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(two.value).not.toBe(one.value);
  const counts = new Map<string, number>();
  for (let turn = 0; turn < 62; turn++)
    for (const character of (await made({ length: 1000 })).value)
      counts.set(character, (counts.get(character) ?? 0) + 1);
  expect(counts.size).toBe(62);
  // 1000 of each are to be expected; seven standard deviations are one test in some ten thousand million.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(7 * Math.sqrt(1000));
});

test("it has the length and the characters that the program names", async () => {
  expect((await made({ length: 8, charset: "0123456789" })).value).toMatch(/^[0-9]{8}$/);
  expect((await made({ length: 1024, charset: "alphanumeric" })).value).toMatch(/^[A-Za-z0-9]{1024}$/);
  // A charset of characters that mean something elsewhere.
  expect((await made({ charset: "$\\'\"`{}()[]" })).value).toMatch(/^[$\\'"`{}()[\]]{32}$/);
});

test.each<[string, GeneratedSecretInputs, GeneratedSecretInputs]>([
  ["nothing changes", { rotate: "1" }, { rotate: "1" }],
  ["the defaults are written down", {}, { length: 32, charset: "alphanumeric" }],
  ["the trigger is taken out", { rotate: "1" }, {}],
  ["it is not old enough", {}, { rotateEvery: "2d" }],
])("it stays where %s, and a preview says so", async (_what, before, now) => {
  const old = { ...(await made(before)), rotatedAt: ago(DAY_MS) };
  expect((await updated(old, now)).value).toBe(old.value);
  const { values } = await operations.previewUpdate("id", decoded(old), decoded(now), context);
  expect(values.value).toBe(old.value);
});

test.each<[string, GeneratedSecretInputs, GeneratedSecretInputs]>([
  ["there is a trigger", {}, { rotate: "1" }],
  ["the trigger has another value", { rotate: "1" }, { rotate: "2" }],
  ["its time has come", { rotateEvery: "1d" }, { rotateEvery: "1d" }],
  ["it is to be longer", {}, { length: 40 }],
  ["it is to be of other characters", {}, { charset: "0123456789abcdef" }],
])("it is made anew where %s, and a preview does not know it", async (_what, before, now) => {
  const old = { ...(await made(before)), rotatedAt: ago(DAY_MS) };
  const { values } = await operations.previewUpdate("id", decoded(old), decoded(now), context);
  expect([values.value, values.rotatedAt]).toEqual([UNKNOWN, UNKNOWN]);
  const fresh = await updated(old, now);
  expect(fresh.value).not.toBe(old.value);
  expect(Date.parse(fresh.rotatedAt)).toBeGreaterThan(Date.parse(old.rotatedAt));
  // Once.
  expect((await updated(fresh, now)).value).toBe(fresh.value);
});

test.each<[keyof GeneratedSecretInputs, unknown, RegExp]>([
  ["length", 7, /^7 is not a whole number from 8 to 1024/],
  ["length", 1025, /^1025 is not/],
  ["length", 8.5, /^8.5 is not/],
  ["charset", "", /has 0 characters; with fewer than 10 a secret is guessed/],
  ["charset", "012345678", /has 9 characters/],
  ["charset", "0123456789a0", /has "0" twice/],
  ["charset", "0123456789 ", /something else than printable ASCII/],
  ["charset", "0123456789ä", /something else than printable ASCII/],
  ["charset", "Alphanumeric", /would be those letters alone. Write "alphanumeric"/],
  ["rotate", 1, /^1 is not a text/],
  ["rotateEvery", "1 month", /is not a duration/],
  ["rotateEvery", "1ms", /is too short/],
])("%s may not be %p", (where, value, text) => {
  expect(checkGenerated({ [where]: value })).toEqual([{ where, text: expect.stringMatching(text) }]);
});
