import { rememberStackTraces } from "../../resources/stack-traces";

type Prepare = typeof Error.prepareStackTrace;

const before = Error.prepareStackTrace;
afterEach(() => void (Error.prepareStackTrace = before));

/** As source-map-support does it; counts the frames it was given. */
function mapping(): { frames: number; prepare: Prepare } {
  const seen = {
    frames: 0,
    prepare: (error: Error, frames: NodeJS.CallSite[]) => {
      seen.frames += frames.length;
      return `${error.name}: ${error.message}${frames
        .map(String)
        .map((frame) => `\n    at mapped ${frame}`)
        .join("")}`;
    },
  };
  return seen;
}

const thrown = (message: string) => new TypeError(message);

test("a stack trace keeps its text, and its frames are mapped once", () => {
  const mapped = mapping();
  Error.prepareStackTrace = mapped.prepare;
  const stacks: unknown[][] = [];
  const costs: number[] = [];
  // All rounds take them in the same place.
  for (const round of ["mapped each time", "remembered", "known"]) {
    if (round === "remembered") rememberStackTraces();
    mapped.frames = 0;
    stacks.push(["one", "two\n    at nowhere", "one"].map((message) => thrown(message).stack));
    costs.push(mapped.frames);
  }
  expect(stacks[1]).toEqual(stacks[0]);
  expect(stacks[2]).toEqual(stacks[0]);
  expect(costs).toEqual([costs[0], costs[0] / 3, 0]);
});

test("another call has its own stack trace", () => {
  Error.prepareStackTrace = mapping().prepare;
  rememberStackTraces();
  const [first, second] = [thrown("here").stack, thrown("here").stack];
  expect(first).toContain("mapped");
  expect(second).not.toBe(first);
});

test("what makes something else than text of it is asked each time", () => {
  Error.prepareStackTrace = (_error, frames) => frames.length;
  rememberStackTraces();
  expect(thrown("x").stack).toBeGreaterThan(0);
});

test("where nobody maps stack traces nothing is changed", () => {
  delete (Error as { prepareStackTrace?: Prepare }).prepareStackTrace;
  rememberStackTraces();
  expect(Error.prepareStackTrace).toBeUndefined();
});
