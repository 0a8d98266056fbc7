import type { CommanderError } from "commander";
import { swarmProgram, type SwarmCommands } from "../../cli/arguments";
import { commandLine, stackArguments } from "../../tools/setup/stack-arguments";
import { suggestion } from "../../tools/setup/pulumi-options";

const NAMES = [
  "status",
  "doctor",
  "preflight",
  "ps",
  "logs",
  "exec",
  "rebalance",
  "unlock",
  "docker",
  "env",
  "proxy",
  "backup",
  "restore",
  "recover",
  "volumes",
  "setup",
  "newProject",
  "backUpVolume",
  "restoreVolume",
] as const;

/** What `pulumi-swarm ARGS` would call, or what it prints instead. */
async function swarm(...args: string[]): Promise<unknown> {
  let called: unknown;
  let printed = "";
  const commands = Object.fromEntries(
    NAMES.map((name) => [name, async (options: unknown) => void (called = { [name]: options })]),
  );
  const program = swarmProgram(commands as unknown as SwarmCommands);
  const write = (text: string) => void (printed += text);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeOut: write, writeErr: write });
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return called;
  } catch (error) {
    return { printed, exitCode: (error as CommanderError).exitCode };
  }
}

test("every command takes its options, and the stack in front of it or behind it", async () => {
  expect(await swarm("status", "--json")).toEqual({ status: { json: true } });
  expect(await swarm("--stack", "ci", "doctor")).toEqual({ doctor: { stack: "ci" } });
  expect(await swarm("-s=ci", "preflight", "--json")).toEqual({ preflight: { stack: "ci", json: true } });
  expect(await swarm("--stack=prod", "unlock", "--stack", "ci")).toEqual({ unlock: { stack: "ci" } });
  expect(await swarm("backup", "--passphrase-file", "p", "b", "--yes", "--force")).toEqual({
    backup: { file: "b", passphraseFile: "p", yes: true, force: true },
  });
  expect(await swarm("restore", "b", "--adopt", "--yes")).toEqual({
    restore: { file: "b", adopt: true, yes: true },
  });
  expect(await swarm("--stack", "ci", "env", "--shell", "fish", "--unset")).toEqual({
    env: { stack: "ci", shell: "fish", unset: true },
  });
  expect(await swarm("env", "--context", "blue")).toEqual({ env: { context: "blue" } });
  expect(await swarm("proxy", "--socket", "s")).toEqual({ proxy: { socket: "s" } });
  expect(await swarm("ps", "shop", "--all", "--json")).toEqual({
    ps: { name: "shop", all: true, json: true },
  });
  expect(await swarm("logs", "web", "-f", "--tail", "5", "--since", "10m", "-t")).toEqual({
    logs: { name: "web", follow: true, tail: "5", since: "10m", timestamps: true },
  });
  expect(await swarm("--stack", "ci", "exec", "web.1", "-it", "--", "sh", "-c", "ls -t")).toEqual({
    exec: { stack: "ci", name: "web.1", interactive: true, tty: true, command: ["sh", "-c", "ls -t"] },
  });
  expect(await swarm("rebalance", "web", "api", "--dry-run")).toEqual({
    rebalance: { names: ["web", "api"], dryRun: true },
  });
  expect(await swarm("-s", "ci", "volumes", "--json")).toEqual({ volumes: { stack: "ci", json: true } });
  expect(await swarm("-s", "ci", "volumes", "backup", "app-1", "data", "f", "--force")).toEqual({
    backUpVolume: { stack: "ci", node: "app-1", volume: "data", file: "f", force: true },
  });
  expect(await swarm("volumes", "restore", "--cluster", "blue", "f", "app-1", "data")).toEqual({
    restoreVolume: { cluster: "blue", file: "f", node: "app-1", volume: "data" },
  });
  expect(await swarm("recover", "--yes")).toEqual({ recover: { yes: true } });
  expect(await swarm("new")).toEqual({ newProject: { template: "local", folder: "." } });
  expect(await swarm("new", "ssh", "here", "--name", "shop")).toEqual({
    newProject: { template: "ssh", folder: "here", name: "shop" },
  });
  expect(await swarm("--cluster", "blue", "status")).toEqual({ status: { cluster: "blue" } });
  expect(await swarm("--stack", "dev", "--stack", "ci", "unlock", "--cluster", "green")).toEqual({
    unlock: { stack: "ci", cluster: "green" },
  });
});

test("options and commands that are not there are refused, with the one that is like them", async () => {
  for (const [args, said] of [
    [["status", "--jsno"], /unknown option '--jsno'\n\(Did you mean --json\?\)/],
    [["--stakc", "ci", "status"], /unknown option '--stakc'\n\(Did you mean --stack\?\)/],
    [["recover", "--json"], /unknown option '--json'/],
    [["stauts"], /unknown command 'stauts'\n\(Did you mean status\?\)/],
    [["exec", "web"], /missing required argument 'command'/],
    [["backup"], /missing required argument 'file'/],
    [["backup", "a", "b"], /too many arguments for 'backup'\. Expected 1 argument but got 2/],
    [["new", "aws"], /value 'aws' is invalid for argument 'template'\. Allowed choices are local, ssh/],
    [["env", "--shell", "zsh"], /'zsh' is invalid\. Allowed choices are sh, fish, powershell/],
    [["env", "--context", "blue", "--unset"], /'--context <name>' cannot be used with option '--unset'/],
    [["status", "now"], /too many arguments for 'status'/],
    [["--stack", "--json", "status"], /argument '--json' is invalid\. It needs the name of a stack/],
  ] as const) {
    expect(await swarm(...args)).toEqual({ exitCode: 1, printed: expect.stringMatching(said) });
  }
});

test("what follows docker passes through untouched", async () => {
  for (const args of [
    ["stack", "deploy", "--stack", "x", "-c", "a.yml", "demo"],
    ["--help"],
    ["run", "--rm", "image", "sh", "-c", "ls --help", "--", "-x", "--json"],
    ["--log-level", "debug", "node", "ls"],
    [],
  ]) {
    expect(await swarm("--stack", "ci", "docker", ...args)).toEqual({ docker: { stack: "ci", args } });
  }
});

test("every command tells its options", async () => {
  expect(await swarm("--help")).toEqual({ exitCode: 0, printed: expect.stringContaining("doctor") });
  for (const name of NAMES.slice(0, -4).filter((one) => one !== "docker")) {
    const usage = expect.stringMatching(new RegExp(`^Usage: npm run swarm -- ${name} .*--stack`, "s"));
    expect(await swarm(name, "--help")).toEqual({ exitCode: 0, printed: usage });
  }
});

test("up and down leave to the Pulumi CLI what is not theirs", () => {
  const up = (...args: string[]) => {
    const program = commandLine("npm run up --", "")
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    return stackArguments(program, args);
  };
  expect(up("--diff")).toEqual({ stack: "dev", rest: ["--diff"] });
  expect(up("--stack", "prod", "-v", "3")).toEqual({ stack: "prod", rest: ["-v", "3"] });
  expect(up("-s=prod")).toEqual({ stack: "prod", rest: [] });
  expect(up("--target", "a", "--stack=ci", "--target", "b", "--message=c d")).toEqual({
    stack: "ci",
    rest: ["--target", "a", "--target", "b", "--message=c d"],
  });
  expect(() => up("--stack", "--diff")).toThrow(/needs the name of a stack/);
});

test("an option that the Pulumi CLI does not have is compared with those that it tells of", () => {
  const help = `Flags:
  -r, --refresh string[="true"]   Refresh the state, see --run-program
      --replace stringArray       Specify a single resource URN to replace

Global Flags:
      --color string              Colorize output
`;
  expect(suggestion("--refersh", help)).toBe("\n(Did you mean --refresh?)");
  expect(suggestion("--colour", help)).toBe("\n(Did you mean --color?)");
  expect(suggestion("--zzz", help)).toBe("");
});
