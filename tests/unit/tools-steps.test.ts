import { PassThrough } from "node:stream";
import { command, CommandFailed } from "../../tools/setup/run-command";
import { display } from "../../tools/setup/display";
import { runSteps } from "../../tools/setup/run-steps";
import { isDead, type StackLock } from "../../tools/setup/stack-lock";
import { SetupError, type Step } from "../../tools/setup/step";
import { atLeast } from "../../tools/setup/versions";

function recorder(): { stream: NodeJS.WriteStream; text: () => string } {
  const stream = new PassThrough();
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => String(stream.read() ?? "") };
}

function step(parts: Partial<Step>): Step {
  return {
    name: "Engine",
    remedy: "install it",
    check: async () => undefined,
    make: async () => "installed",
    ...parts,
  };
}

describe("the steps", () => {
  test("do only what is missing and show what they found, did and how long it took", async () => {
    const { stream, text } = recorder();
    const make = jest.fn();
    await runSteps([step({ check: async () => "27.1", make }), step({ name: "Image" })], display(stream));
    expect(make).not.toHaveBeenCalled();
    expect(text()).toMatch(/^✓ Engine +found 27.1 \(0.\d s\)\n✓ Image +installed \(0.\d s\)\n$/);
  });

  test("end at the first failure, with its reason and remedy", async () => {
    const { stream, text } = recorder();
    const next = jest.fn();
    const broken = step({ make: () => Promise.reject(new Error("no space left")) });
    await expect(runSteps([broken, step({ check: next })], display(stream))).rejects.toThrow(
      /^Engine: no space left\n\nWhat to do: install it$/,
    );
    expect(next).not.toHaveBeenCalled();
    expect(text()).toContain("✗ Engine");
  });

  test("prefer the remedy that the failure itself brings", async () => {
    const denied = step({ check: () => Promise.reject(new SetupError("denied", "join the group")) });
    await expect(runSteps([denied], display(recorder().stream))).rejects.toThrow(
      "What to do: join the group",
    );
  });
});

describe("a command", () => {
  test("answers its output and passes on every line", async () => {
    const lines: string[] = [];
    const script = "console.log('one'); console.error('two')";
    const output = await command(process.execPath, ["-e", script], { onLine: (line) => lines.push(line) });
    expect(output).toBe("one\n");
    expect(lines.sort()).toEqual(["one", "two"]);
  });

  test("that fails says how, with its last lines", async () => {
    const failure = command("sh", ["-c", "echo disk full >&2; exit 3"]);
    await expect(failure).rejects.toThrow(/exit code 3:\n {4}disk full/);
    await expect(failure).rejects.toBeInstanceOf(CommandFailed);
    await expect(command("no-such-command", [])).rejects.toThrow("could not be started");
  });

  test("that falls silent is stopped, with what it started", async () => {
    const started = Date.now();
    const hanging = command("sh", ["-c", "sleep 30 & sleep 30"], { silenceMs: 100 });
    await expect(hanging).rejects.toThrow("it printed nothing for 0.1 s");
    expect(Date.now() - started).toBeLessThan(5000);
  });
});

test("versions are compared by number", () => {
  expect(atLeast("3.200.0", "3.200.0")).toBe(true);
  expect(atLeast("v3.1000.0", "3.200.0")).toBe(true);
  expect(atLeast("3.99.9", "3.200.0")).toBe(false);
  expect(atLeast("4.0.0-alpha.1", "3.200")).toBe(true);
  expect(atLeast("1.26", "1.25.11")).toBe(true);
  expect(atLeast("devel", "3.200.0")).toBe(false);
});

test("a lock is dead only when its process was on this machine and is gone", () => {
  const lock: StackLock = { pid: 4711, hostname: "here", username: "me", timestamp: "2026-01-01T00:00:00Z" };
  expect(isDead(lock, "here", () => false)).toBe(true);
  expect(isDead(lock, "here", () => true)).toBe(false);
  expect(isDead(lock, "elsewhere", () => false)).toBe(false);
});
