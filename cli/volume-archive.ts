import { open } from "node:fs/promises";
import { SWARM_COMMAND } from "../foundation/command-lines";

/** The name of a file that is gzipped. */
export const GZIPPED = /gz$/;

/** A tar archive of a volume's files. */
export interface VolumeArchive {
  file: string;
  isGzipped: boolean;
}

const BLOCK = 512;
/** Where the first block of an archive says that it is one. */
const MAGIC = { at: 257, text: "ustar" };
const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Looks at a file before anything is done with it. Two blocks of zeros end an archive, and tar does not mind where they are
 * missing; of one that is gzipped the end is known when it is read.
 *
 * @throws Error where it is no archive, or its end is not there.
 */
export async function volumeArchive(file: string): Promise<VolumeArchive> {
  const opened = await open(file);
  try {
    const { size } = await opened.stat();
    const read = async (length: number, position: number) =>
      (await opened.read(Buffer.alloc(length), 0, length, position)).buffer;
    const first = await read(BLOCK, 0);
    if (first.subarray(0, GZIP.length).equals(GZIP)) return { file, isGzipped: true };
    if (first.toString("latin1", MAGIC.at, MAGIC.at + MAGIC.text.length) !== MAGIC.text)
      throw new Error(
        `${file} is no tar archive, gzipped or not. Nothing was changed. Name a file of \`${SWARM_COMMAND} volumes backup\`.`,
      );
    const end = size % BLOCK === 0 ? await read(2 * BLOCK, size - 2 * BLOCK) : undefined;
    if (!end?.equals(Buffer.alloc(2 * BLOCK)))
      throw new Error(
        `${file} is incomplete: the end of the archive is missing. Nothing was changed. Copy it again, or take another backup.`,
      );
    return { file, isGzipped: false };
  } finally {
    await opened.close();
  }
}
