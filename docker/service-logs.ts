import type { Readable } from "node:stream";
import type { DockerClient } from "../transport/docker-client";
import { framesOf, type Frame } from "../transport/frames";

export interface LogOptions {
  /** Go on with what is printed from now on. */
  follow: boolean;
  /** The last lines of each task. @default all */
  tail?: number;
  /** Nothing from before. */
  since?: Date;
}

/** What a task has printed, or what the engine says of it. */
export interface LogLine {
  from: Frame["from"];
  /** ID of the task; none of what the engine says. */
  task?: string;
  /** ID of its node. */
  node?: string;
  /** When, as an RFC 3339 time. */
  time?: string;
  /** Without its end of line. */
  text: string;
}

/**
 * What the tasks of a service have printed, on all nodes that the managers reach: those that have ended as well, as long as
 * their containers are there.
 *
 * @param hasTerminal - whether its tasks have one: then the engine sends no frames
 */
export async function* serviceLogs(
  engine: DockerClient,
  { id, name, hasTerminal }: { id: string; name: string; hasTerminal: boolean },
  { follow, tail, since }: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const query = {
    ...{ stdout: true, stderr: true, timestamps: true, details: true, follow },
    tail: tail ?? "all",
    since: since && (since.getTime() / 1000).toFixed(3),
  };
  const answer = await engine.open(`read the logs of ${name}`, "GET", `/services/${id}/logs`, {
    query,
    signal,
  });
  for await (const { from, data } of hasTerminal ? linesOf(answer) : framesOf(answer))
    yield* logLines(from, data.toString());
}

/** What came without frames, line by line. */
async function* linesOf(answer: Readable): AsyncGenerator<Frame> {
  let rest = "";
  for await (const chunk of answer.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield { from: "stdout", data: Buffer.from(line) };
  }
  if (rest !== "") yield { from: "stdout", data: Buffer.from(rest) };
}

/** Time, details (key=value, separated by commas) and text, as moby writes them (daemon/server/httputils/logstream). */
const WRITTEN = /^(\S+) (\S*com\.docker\.swarm\.task\.id=\S*) ([^]*)$/;

function logLines(from: LogLine["from"], message: string): LogLine[] {
  const written = from === "engine" ? null : WRITTEN.exec(message);
  const about = written ? aboutTask(written[2], written[1]) : {};
  const text = (written ? written[3] : message).replace(/\r?\n$/, "");
  return text.split("\n").map((line) => ({
    from: written ? from : "engine",
    ...about,
    text: line.replace(/\r$/, ""),
  }));
}

function aboutTask(details: string, time: string): Pick<LogLine, "task" | "node" | "time"> {
  const values = new Map(details.split(",").map((pair) => pair.split("=", 2) as [string, string]));
  return {
    time,
    task: values.get("com.docker.swarm.task.id"),
    node: values.get("com.docker.swarm.node.id"),
  };
}
