import { engineError } from "../../docker/errors";
import { unlocked } from "../../swarm/engines/unlock-engine";
import { TransportError } from "../../transport/transport";
import { Session } from "../../foundation/session";

const WAITING = { signal: new AbortController().signal, session: new Session(), progress: () => undefined };
const WRONG = engineError("m1", "unlock", 401, "swarm could not be unlocked: invalid key provided");
const MALFORMED = engineError("m1", "unlock", 400, "invalid key string");
const NOT_LOCKED = engineError("m1", "unlock", 409, "swarm is not locked");
const NO_ANSWER = new TransportError("m1", "unreachable", "no answer within 20 s", "");

/** A locked manager that answers the keys in order, and says this of itself. */
function manager(answers: (Error | undefined)[], state = "locked") {
  const left = [...answers];
  const post = jest.fn<Promise<void>, [string, string, { body?: unknown }?]>(() => {
    const answer = left.shift();
    return answer ? Promise.reject(answer) : Promise.resolve();
  });
  const given = () => post.mock.calls.map(([, path, options]) => [path, options?.body]);
  return { engine: { post: post as never, swarmState: () => Promise.resolve(state) }, given };
}

const sent = (...keys: string[]) => keys.map((UnlockKey) => ["/swarm/unlock", { UnlockKey }]);

test("the first key that fits is the last one that is tried", async () => {
  const { engine, given } = manager([WRONG, undefined]);
  await expect(unlocked(engine, ["newest", "older", "oldest"], WAITING)).resolves.toBe(true);
  expect(given()).toEqual(sent("newest", "older"));
});

test.each([
  ["no key fits", [WRONG, MALFORMED], false],
  ["somebody else was faster", [NOT_LOCKED], true],
])("%s", async (_name, answers, expected) => {
  const { engine } = manager(answers);
  await expect(unlocked(engine, ["a", "b"], WAITING)).resolves.toBe(expected);
});

test("no keys at all", async () => {
  const { engine, given } = manager([]);
  await expect(unlocked(engine, [], WAITING)).resolves.toBe(false);
  expect(given()).toEqual([]);
});

test("no answer, and not locked any more: it has taken the key and waits for a leader", async () => {
  const { engine, given } = manager([NO_ANSWER], "pending");
  await expect(unlocked(engine, ["right", "other"], WAITING)).resolves.toBe(true);
  expect(given()).toEqual(sent("right"));
});

test("no answer, and locked still: that is an error, not a wrong key", async () => {
  const { engine } = manager([NO_ANSWER]);
  await expect(unlocked(engine, ["right", "other"], WAITING)).rejects.toBe(NO_ANSWER);
});
