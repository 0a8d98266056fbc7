import { waitFor, WaitCancelled, WaitTimeout, type Condition, type Look } from "../../foundation/wait";

const CONDITION: Condition = { name: "it is Ready", on: "node-1", intervalMs: 100, timeoutMs: 1000 };

/** Answers in order, the last one for ever. */
function looks<T>(...answers: Look<T>[]) {
  let next = 0;
  return jest.fn(() => Promise.resolve(answers[Math.min(next++, answers.length - 1)]));
}

async function failureOf(waiting: Promise<unknown>): Promise<Error> {
  const failure = waiting.then(
    () => new Error("the wait succeeded"),
    (error: Error) => error,
  );
  await jest.runAllTimersAsync();
  return failure;
}

// The pause comes from node:timers/promises, which fake timers do not reach.
jest.mock("node:timers/promises", () => ({
  setTimeout: (ms: number, _value: unknown, { signal }: { signal?: AbortSignal }) =>
    new Promise<void>((resolve, reject) => {
      setTimeout(resolve, ms);
      signal?.addEventListener("abort", () => reject(signal.reason as Error));
    }),
}));

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test("what holds at the first look costs no pause", async () => {
  const look = looks({ done: 42 });
  await expect(waitFor(CONDITION, look)).resolves.toBe(42);
  expect(look).toHaveBeenCalledTimes(1);
  expect(jest.getTimerCount()).toBe(0);
});

test("it looks once per interval and tells each reason with the time passed", async () => {
  const onPending = jest.fn();
  const look = looks<string>({ pending: "unknown" }, { pending: "down" }, { done: "ready" });
  const waiting = waitFor({ ...CONDITION, onPending }, look);
  await jest.runAllTimersAsync();
  await expect(waiting).resolves.toBe("ready");
  expect(onPending.mock.calls).toEqual([
    ["unknown", 0],
    ["down", 100],
  ]);
});

test("a time-out says what was awaited, on which node, for how long, the last state and the remedy", async () => {
  const look = looks({ pending: "unknown" }, { pending: "down." });
  const error = await failureOf(waitFor({ ...CONDITION, remedy: "Look at its log." }, look));
  expect(error).toBeInstanceOf(WaitTimeout);
  expect(error.message).toBe("node-1: waited 1 s until it is Ready; last seen: down. Look at its log.");
});

test("it gives up at the deadline, not after it", async () => {
  const look = looks({ pending: "down" });
  const start = Date.now();
  await failureOf(waitFor(CONDITION, look));
  expect(Date.now() - start).toBeLessThanOrEqual(CONDITION.timeoutMs);
  expect(look).toHaveBeenCalledTimes(CONDITION.timeoutMs / CONDITION.intervalMs + 1);
});

describe("a wait in steps", () => {
  const steps: Condition = { ...CONDITION, stepwise: true };

  test("has its time anew at each step, and succeeds later than one step may last", async () => {
    const look = looks<string>(
      ...Array<Look<string>>(9).fill({ pending: "unknown", reached: 0 }),
      ...Array<Look<string>>(9).fill({ pending: "ready", reached: 1 }),
      { done: "reachable" },
    );
    const waiting = waitFor(steps, look);
    await jest.runAllTimersAsync();
    await expect(waiting).resolves.toBe("reachable");
    expect(look).toHaveBeenCalledTimes(19);
  });

  test("says at its end how long it was without progress", async () => {
    const early = Array<Look<never>>(11).fill({ pending: "unknown", reached: 0 });
    const look = looks(...early.slice(0, 10), { pending: "ready", reached: 1 });
    const error = await failureOf(waitFor(steps, look));
    expect(error.message).toBe(
      "node-1: waited 2 s, the last 1 s without progress, until it is Ready; last seen: ready.",
    );
  });

  test("ends where the state goes back and forth", async () => {
    let at = 0;
    const look = jest.fn(() => Promise.resolve({ pending: "flaps", reached: at++ % 2 }));
    const error = await failureOf(waitFor(steps, look));
    expect(error).toBeInstanceOf(WaitTimeout);
    expect(look).toHaveBeenCalledTimes(12);
  });

  test("has one deadline for all where the steps do not count", async () => {
    let at = 0;
    const look = jest.fn(() => Promise.resolve({ pending: "gets on", reached: at++ }));
    await failureOf(waitFor(CONDITION, look));
    expect(look).toHaveBeenCalledTimes(11);
  });
});

test("a cancel during a pause ends the wait at once, without another look", async () => {
  const cancel = new AbortController();
  const look = looks({ pending: "down" });
  const failure = waitFor({ ...CONDITION, intervalMs: 500, signal: cancel.signal }, look).catch(
    (error: Error) => error,
  );
  await jest.advanceTimersByTimeAsync(1);
  cancel.abort();
  const error = await failure;
  expect(error).toBeInstanceOf(WaitCancelled);
  expect((error as Error).message).toBe(
    "node-1: cancelled while waiting until it is Ready; last seen: down.",
  );
  expect(look).toHaveBeenCalledTimes(1);
});

test("a wait that is cancelled before it starts never looks", async () => {
  const look = looks({ done: 1 });
  await expect(waitFor({ ...CONDITION, signal: AbortSignal.abort() }, look)).rejects.toBeInstanceOf(
    WaitCancelled,
  );
  expect(look).not.toHaveBeenCalled();
});

test("an error of a look ends the wait and is passed on as it is", async () => {
  const error = new Error("locked");
  await expect(waitFor(CONDITION, () => Promise.reject(error))).rejects.toBe(error);
});
