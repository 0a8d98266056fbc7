import { onceBooted } from "../../machines/ssh/booting";
import type { Context } from "../../foundation/context";
import { TransportError, type TransportFailure } from "../../transport/transport";
import { Session } from "../../foundation/session";

const context = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => undefined,
} as unknown as Context;
const failing = (failure: TransportFailure) => new TransportError("alpha", failure, "no answer", "Wait.");

/** A machine that fails so often before it answers. */
function machine(times: number, failure: TransportFailure = "unreachable") {
  let asked = 0;
  const ask = async () => {
    if (asked++ < times) throw failing(failure);
    return "up";
  };
  return { ask, asked: () => asked };
}

test("a machine that boots yet is asked again until it answers", async () => {
  const { ask, asked } = machine(2);
  expect(await onceBooted({ host: "alpha", bootTimeout: "1m" }, context, ask)).toBe("up");
  expect(asked()).toBe(3);
});

test("one that never answers ends the wait with its last word", async () => {
  const { ask } = machine(Infinity);
  await expect(onceBooted({ host: "alpha", bootTimeout: "100ms" }, context, ask)).rejects.toThrow(
    /^alpha: waited 0 s until it answers over SSH; last seen: alpha: no answer/,
  );
});

test.each<[TransportFailure, string | undefined]>([
  ["refused", "1m"],
  ["changed", "1m"],
  ["unreachable", undefined],
])("%s with the time %s is told at once", async (failure, bootTimeout) => {
  const { ask, asked } = machine(1, failure);
  await expect(onceBooted({ host: "alpha", bootTimeout }, context, ask)).rejects.toMatchObject({ failure });
  expect(asked()).toBe(1);
});
