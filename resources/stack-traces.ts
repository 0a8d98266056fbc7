/** Makes the text of a stack trace: V8 asks `Error.prepareStackTrace` for it. */
type Prepare = (this: void, error: Error, frames: NodeJS.CallSite[]) => unknown;

/**
 * Pulumi's SDK takes a stack trace for each of its promises, fifty for a resource, and never reads most of them. Once
 * somebody maps them to sources (source-map-support does, in every Pulumi program) one costs 0.1 ms: a fifth of the
 * processor time of a program of twenty resources. They are nearly all the same, so what was mapped is remembered.
 */
function remembering(prepare: Prepare): Prepare {
  const known = new Map<string, string>();
  return (error, frames) => {
    const heading: unknown = prepare(error, []);
    if (typeof heading !== "string") return prepare(error, frames);
    const key = frames.map(String).join("\n");
    let lines = known.get(key);
    if (lines === undefined) {
      const whole = String(prepare(error, frames));
      if (!whole.startsWith(heading)) return whole;
      lines = whole.slice(heading.length);
      known.set(key, lines);
    }
    return heading + lines;
  };
}

/** Makes stack traces that are taken again and again cheap; their text stays the same. */
export function rememberStackTraces(): void {
  const { prepareStackTrace: prepare } = Error as { prepareStackTrace?: Prepare };
  if (prepare) Error.prepareStackTrace = remembering(prepare);
}
