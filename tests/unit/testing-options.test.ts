import { startOf } from "../../testing/process-start";
import { readOptions, type TestSwarmOptions } from "../../testing/options";

const messageOf = (options: unknown) => {
  try {
    readOptions(options as TestSwarmOptions);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

test("without options it is one manager, with a name of its own", () => {
  expect(readOptions({})).toEqual({ name: "test", shape: { managers: 1, workers: 0, images: [] } });
});

test("images are a set, so that a warm swarm is found however they are listed", () => {
  expect(readOptions({ images: ["b:1", "a:1", "b:1"] }).shape.images).toEqual(["a:1", "b:1"]);
});

test.each([
  [{ managers: 2 }, /managers: 2 is even/],
  [{ managers: 0 }, /managers: 0 is not a number of managers/],
  [{ workers: -1 }, /workers: -1 is not a number of workers/],
  [{ worker: 1 }, /worker: is no option\. Did you mean "workers"\?/],
  [{ name: "My Tests" }, /name: "My Tests" is not a host name/],
  [{ name: "a".repeat(21) }, /longer than 20 characters/],
  [{ images: "app:dev" }, /images: "app:dev" is no list\. Write it like \["app:dev"\]/],
  [{ images: ["App Dev"] }, /images\[0\]: "App Dev" is no name of an image/],
  [
    { labels: { "worker-1": { disk: "ssd" } } },
    /labels\.worker-1: there is no such node\. There are manager-1/,
  ],
  [{ labels: ["ssd"] }, /labels: \["ssd"\] is no mapping/],
  [{ reuse: "yes" }, /reuse: "yes" is neither true nor false/],
  [3, /the argument: 3 is no object/],
])("%j is refused", (options, message) => {
  const text = messageOf(options);
  expect(text).toMatch(message);
  expect(text).toMatch(/^startSwarm: nothing was made\./);
});

test("all that is wrong is said at once", () => {
  expect(messageOf({ managers: 2, images: "app", reuse: 1 }).split("\n")).toHaveLength(4);
});

test("a process is told from others by when it has started", () => {
  const own = startOf(process.pid);
  expect(own).toBeTruthy();
  expect(startOf(process.pid)).toBe(own);
  expect(startOf(1)).not.toBe(own);
  // Above what Linux gives (proc_sys_kernel(5), pid_max).
  expect(startOf(5_000_000)).toBeUndefined();
});
