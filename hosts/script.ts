import { readFileSync } from "node:fs";
import path from "node:path";
import { quote } from "../transport/shell-quote";
import type { Transport } from "../transport/transport";
import { HostError } from "./host-error";
import { packageFolder } from "../foundation/package-folder";
import type { Todo, Told } from "./told";

/** The scripts whose functions a call may use, in the order in which they are sent. */
const SCRIPTS = [
  "common",
  "facts",
  "machine",
  "time",
  "engine",
  "docker-repository",
  "packages",
  "kernel",
  "firewall-step",
  "volumes",
  "clean",
];

/** One setup of a machine at a time: that of a run that was killed may be at work still. 75 is EX_TEMPFAIL. */
const ALONE = "flock --close --wait 300 --conflict-exit-code 75 /run/pulumi-swarm.lock".split(" ");

export interface ScriptContext {
  signal?: AbortSignal;
  progress(text: string): void;
}

/** Calls functions that only look, such as "facts" or "time_check". See {@link changeByScript}. */
export function lookByScript(
  transport: Transport,
  calls: readonly string[],
  variables: Readonly<Record<string, string>>,
  context: ScriptContext,
): Promise<Told> {
  return runScript([], transport, calls, variables, context);
}

/**
 * Calls shell functions of `hosts/scripts` on a machine, in one session, with root's rights. They travel on standard
 * input, so nothing has to be there before and nothing is left. Throws {@link HostError}.
 * @param calls - function calls, such as "time_apply"
 * @param variables - what the scripts read, in capitals
 */
export function changeByScript(
  transport: Transport,
  calls: readonly string[],
  variables: Readonly<Record<string, string>>,
  context: ScriptContext,
): Promise<Told> {
  return runScript(ALONE, transport, calls, variables, context);
}

async function runScript(
  prefix: readonly string[],
  transport: Transport,
  calls: readonly string[],
  variables: Readonly<Record<string, string>>,
  context: ScriptContext,
): Promise<Told> {
  const library = SCRIPTS.map(scriptText).join("\n");
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}`);
  const body = [...assignments, library, "main() {", "find_system", ...calls, "}", "main </dev/null"];
  const reader = new Reader(context);
  const { exitCode, stderr } = await transport.run([...prefix, "sh", "-s"], {
    // Both streams in one, so that the last lines of an error are in their order.
    stdin: `exec 2>&1\n${body.join("\n")}\n`,
    onStdout: (chunk) => reader.take(chunk.toString()),
    signal: context.signal,
  });
  reader.end();
  // What sudo says of itself, as the script never ran then.
  if (exitCode !== 0) reader.take(`${stderr}\n`);
  if (exitCode !== 0 || reader.failure)
    throw new HostError(transport.node, exitCode, reader.failure, reader.output);
  return reader.told;
}

export function scriptText(name: string): string {
  return readFileSync(path.join(packageFolder, "hosts", "scripts", `${name}.sh`), "utf8");
}

/** Takes the scripts' lines as they come. */
class Reader {
  readonly told: Told = { facts: {}, todos: [] };
  readonly output: string[] = [];
  failure?: Todo;
  private rest = "";

  constructor(private readonly context: ScriptContext) {}

  take(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    lines.forEach((line) => this.line(line.trimEnd()));
  }

  end(): void {
    if (this.rest) this.line(this.rest);
    this.rest = "";
  }

  private line(line: string): void {
    const [, kind, text] = /^::(now|todo|fact|fail) (.*)$/.exec(line) ?? [];
    if (kind === "now") this.context.progress(text);
    else if (kind === "todo") this.told.todos.push(asTodo(text));
    else if (kind === "fail") this.failure ??= asTodo(text);
    else if (kind === "fact")
      this.told.facts[text.slice(0, text.indexOf("="))] = text.slice(text.indexOf("=") + 1);
    else if (line.trim()) {
      this.output.push(line);
      this.context.progress(line.trim());
    }
  }
}

function asTodo(text: string): Todo {
  const at = text.indexOf(" ");
  return { step: text.slice(0, at), text: text.slice(at + 1) };
}
