import { Transform, type TransformCallback } from "node:stream";

/** Hands bytes on, and tells how many there were. */
export class Counter extends Transform {
  bytes = 0;

  constructor(private readonly tell: (bytes: number) => void) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    this.tell(this.bytes);
    done(null, chunk);
  }
}
