import { spawn } from "node:child_process";
import { constants } from "node:os";
import { command } from "./run-command";

export interface PulumiRun {
  /** The folder of Pulumi.yaml. */
  cwd: string;
  /** From `toolsEnvironment`. */
  env: NodeJS.ProcessEnv;
}

/** Runs the Pulumi CLI in the user's own terminal and answers its exit code. */
export function runPulumi(args: string[], { cwd, env }: PulumiRun): Promise<number> {
  const child = spawn("pulumi", args, { cwd, env, stdio: "inherit" });
  // Ctrl-C reaches the CLI from the terminal itself, and it ends in its own time: first cleanly, then at once.
  const ignore = (): void => undefined;
  const forward = (): void => void child.kill("SIGTERM");
  process.on("SIGINT", ignore).on("SIGTERM", forward);
  return new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGTERM"]));
  }).finally(() => process.off("SIGINT", ignore).off("SIGTERM", forward));
}

/** Runs the Pulumi CLI unseen and answers what it printed. */
export function askPulumi(args: string[], { cwd, env }: PulumiRun): Promise<string> {
  return command("pulumi", [...args, "--non-interactive"], { cwd, env });
}

/**
 * Asks the Pulumi CLI for JSON with secrets in clear text, by `--show-secrets`. No error repeats any of it: neither
 * what a failed command had printed, nor the place where the JSON is broken.
 */
export async function askSecrets(args: string[], { cwd, env }: PulumiRun): Promise<unknown> {
  const whole = [...args, "--show-secrets", "--non-interactive"];
  const text = await command("pulumi", whole, { cwd, env, secretOutput: true });
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`\`pulumi ${whole.join(" ")}\` printed ${text.length} characters that are no JSON.`);
  }
}
