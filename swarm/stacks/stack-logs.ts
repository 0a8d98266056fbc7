import type { SwarmStackInputs } from "../../schema/stack";
import { redact } from "../../foundation/redact";
import type { Context } from "../../foundation/context";
import type { EngineClient } from "../../docker/engine-client";
import type { Task } from "../../docker/api/task";
import { secretsOfProgram } from "../objects/wanted-versions";
import { secretTextsIn } from "./secret-texts";
import type { PreparedFiles } from "./stack-files";

/** A node that is gone keeps its log to itself, and nobody waits for that. */
const LOG_MS = 5_000;
/** Of a task that has no node yet. */
const NOT_A_LOG = /^error from daemon in stream: /;
/** A line longer than this is cut. */
const LONGEST = 500;

/** The last lines that a task has printed; none where nobody can tell. */
export async function lastLines(
  engine: EngineClient,
  { ID }: Task,
  count: number,
  context: Context,
): Promise<string[]> {
  const command = ["docker", "service", "logs", "--raw", "--tail", String(count), ID];
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(LOG_MS)]);
  try {
    const { stdout, stderr } = await engine.transport.run(command, { signal });
    const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.trimEnd());
    return lines
      .filter((line) => line !== "" && !NOT_A_LOG.test(line))
      .slice(-count)
      .map((line) => (line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line));
  } catch {
    return [];
  }
}

/** A text of a task without what is secret of its stack: a program may print what it was given. */
export function masked(
  text: string,
  inputs: SwarmStackInputs,
  prepared: PreparedFiles,
  context: Context,
): string {
  const texts = secretTextsIn(inputs, prepared, context.secretTexts);
  const files = [...prepared.contents.values()].map(String);
  return redact(text, [...texts, ...files, ...secretsOfProgram(context)]);
}
