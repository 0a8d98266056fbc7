import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pour } from "../../transport/pour";

test("all of a stream comes over, and the other one stays open", async () => {
  const into = new PassThrough({ highWaterMark: 2 });
  const poured = pour(Readable.from(["one ", "two ", "three"]), into).then(() => into.end("."));
  expect(await text(into)).toBe("one two three.");
  await poured;
});

test("it ends where nobody takes anything any more", async () => {
  const gone = new PassThrough();
  gone.destroy();
  await expect(pour(Readable.from(["one"]), gone)).rejects.toThrow("nobody takes what it prints any more");
  const full = new PassThrough({ highWaterMark: 1 });
  const cancel = new AbortController();
  const poured = pour(Readable.from(["one", "two"]), full, cancel.signal);
  cancel.abort();
  await expect(poured).rejects.toThrow("aborted");
});
