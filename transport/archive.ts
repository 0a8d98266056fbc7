import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { extract, type Header } from "tar-stream";

/** One file or folder of a tar archive. */
export interface ArchiveEntry {
  header: Header;
  data: Buffer;
}

/** The files and folders of a tar archive, one after the other; sockets and devices are left out. */
export async function* entriesOf(archive: Readable): AsyncGenerator<ArchiveEntry> {
  const reader = extract();
  archive.on("error", (error) => reader.destroy(error));
  for await (const entry of archive.pipe(reader)) {
    const { header } = entry;
    const data = await buffer(entry);
    if (header.type === "file" || header.type === "directory") yield { header, data };
  }
}

/** The text of the one file that an archive holds. */
export async function textOf(archive: Readable): Promise<string> {
  let text = "";
  for await (const { data } of entriesOf(archive)) text += data.toString();
  return text;
}
