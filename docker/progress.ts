import type { Readable } from "node:stream";

/** What an engine tells of a pull or a build: one object per line. An error comes after the answer's 200. */
export interface ProgressEvent {
  /** What a build prints. */
  stream?: string;
  error?: string;
  status?: string;
  /** Of a layer. */
  id?: string;
  /** A bar of signs. */
  progress?: string;
}

/** The events of an answer as they come. What is no event is left out. */
export async function* eventsOf(answer: Readable): AsyncGenerator<ProgressEvent> {
  for await (const line of linesOf(answer)) {
    const event = parsed(line);
    if (event !== undefined) yield event;
  }
}

/** Not by readline, which waits for good for a stream that breaks. */
async function* linesOf(answer: Readable): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of answer.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? "";
    yield* lines;
  }
  yield rest;
}

function parsed(line: string): ProgressEvent | undefined {
  try {
    return JSON.parse(line) as ProgressEvent;
  } catch {
    return undefined;
  }
}
