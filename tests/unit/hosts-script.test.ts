import { HostError } from "../../hosts/host-error";
import { changeByScript, lookByScript } from "../../hosts/script";
import type { RunOptions, Transport } from "../../transport/transport";
import { TRAITS } from "./fixtures/machine-traits";

interface Ran {
  command: string[];
  stdin: string;
}

/** A machine that answers a script with these pieces of text. */
function machine(exitCode: number, ...pieces: string[]) {
  const ran: Ran[] = [];
  const transport: Transport = {
    node: "node-1",
    traits: TRAITS,
    dialEngine: () => Promise.reject(new Error("not asked")),
    run(command: string[], { stdin, onStdout }: RunOptions = {}) {
      ran.push({ command, stdin: typeof stdin === "string" ? stdin : "" });
      pieces.forEach((piece) => onStdout?.(Buffer.from(piece)));
      return Promise.resolve({ exitCode, stdout: pieces.join(""), stderr: "" });
    },
    close: () => undefined,
  };
  return { transport, ran };
}

const lines: string[] = [];
const CONTEXT = { progress: (text: string) => void lines.push(text) };
beforeEach(() => lines.splice(0));

const failure = (exitCode: number, ...pieces: string[]) =>
  changeByScript(machine(exitCode, ...pieces).transport, ["x_apply"], {}, CONTEXT).then(
    () => undefined,
    (error: unknown) => error as HostError,
  );

test("what is told is read line by line, wherever the pieces of the stream are cut", async () => {
  const { transport } = machine(
    0,
    "::fact os=debian\n::fact owner=a=b c\n::to",
    "do time wait until chr",
    "ony is right\n::now installing x\nGet:1 something\n\n::fact last=1",
  );
  const told = await lookByScript(transport, ["facts"], {}, CONTEXT);
  expect(told).toEqual({
    facts: { os: "debian", owner: "a=b c", last: "1" },
    todos: [{ step: "time", text: "wait until chrony is right" }],
  });
  expect(lines).toEqual(["installing x", "Get:1 something"]);
});

test("values travel quoted on standard input; the calls are the last to be read", async () => {
  const { transport, ran } = machine(0);
  await lookByScript(transport, ["facts", "time_check"], { OWNER: "it's $(reboot)" }, CONTEXT);
  expect(ran[0].command).toEqual(["sh", "-s"]);
  expect(ran[0].stdin).toContain(`OWNER='it'\\''s $(reboot)'\n`);
  expect(ran[0].stdin).toMatch(/\nmain\(\) \{\nfind_system\nfacts\ntime_check\n\}\nmain <\/dev\/null\n$/);
});

test("one setup at a time changes a machine; looks need not wait", async () => {
  const { transport, ran } = machine(0);
  await changeByScript(transport, ["time_apply"], {}, CONTEXT);
  expect(ran[0].command.join(" ")).toMatch(/^flock --close .* \/run\/pulumi-swarm\.lock sh -s$/);
});

test("a step that failed is told with the end of what its command printed", async () => {
  const output = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
  const error = await failure(1, `${output.join("\n")}\n::fail engine \`x\` ended with exit code 2\n`);
  expect(error).toBeInstanceOf(HostError);
  expect(error?.message).toBe(
    ["node-1: engine: `x` ended with exit code 2.", ...output.slice(-12).map((line) => `  | ${line}`)].join(
      "\n",
    ),
  );
  expect(error?.isTemporary).toBe(false);
});

test("a failure inside of a subshell counts, whatever the script itself ended with", async () => {
  expect((await failure(0, "::fail kernel /etc/x cannot be written\n"))?.message).toBe(
    "node-1: kernel: /etc/x cannot be written.",
  );
});

test("exit code 75 may pass by itself; the last of several attempts says how many there were", async () => {
  const error = await failure(75, "E: mirror\n::fail packages are the mirrors in reach?\n");
  expect(error?.isTemporary).toBe(true);
  expect(error?.after(3).message).toBe(
    "node-1: packages: are the mirrors in reach? Tried 3 times.\n  | E: mirror",
  );
});

test.each([
  ["sudo: a password is required", /sudo asks for a password.*NOPASSWD/],
  ["sudo: a terminal is required to read the password", /sudo asks for a password/],
  ["bash: line 1: sudo: command not found", /there is no sudo on it/],
  ["something else", /the setup ended with exit code 1\.\n {2}\| something else/],
])("without a step's own word: %s", async (text, says) => {
  expect((await failure(1, `${text}\n`))?.message).toMatch(says);
});
