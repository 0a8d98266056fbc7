/** A pull or import that fails half-way has long answered 200: the error is one of the messages. */
export function errorInStream(body: string): string | undefined {
  return /"error":"((?:[^"\\]|\\.)*)"/.exec(body)?.[1];
}
