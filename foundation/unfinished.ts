/** A step that got only part of the way: what it has made until then is told, so that the next run goes on from there. */
export class Unfinished<T extends object> extends Error {
  constructor(
    readonly made: T,
    cause: Error,
  ) {
    super(cause.message, { cause });
    this.name = "Unfinished";
  }
}
