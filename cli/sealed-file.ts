import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from "node:crypto";
import { SWARM_COMMAND } from "../foundation/command-lines";

/**
 * A sealed file: one line of JSON that says how it is sealed, one line with its authentication code, the content
 * encrypted with AES-256-GCM, the tag. The key is made from a passphrase with scrypt. Both lines are authenticated
 * with the content, and the code alone tells a wrong passphrase from a damaged file.
 */
interface Header {
  format: string;
  version: number;
  kdf: "scrypt";
  cost: number;
  blockSize: number;
  parallelization: number;
  salt: string;
  cipher: "aes-256-gcm";
  nonce: string;
  /** Bytes of the content and its tag. */
  length: number;
}

const FORMAT = "pulumi-swarm backup";
const VERSION = 1;
const NEWLINE = 0x0a;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** OWASP's recommendation for scrypt: N = 2^17, r = 8, p = 1 (128 MiB, half a second). */
const COST = { cost: 2 ** 17, blockSize: 8, parallelization: 1 };
/** A header that asks for more is not ours, and would only fill the memory. */
const MOST_MEMORY = 2 ** 30;
const LONGEST_HEADER = 4096;

/** Encrypts a content under a passphrase. */
export async function seal(content: Buffer, passphrase: string): Promise<Buffer> {
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const header: Header = {
    format: FORMAT,
    version: VERSION,
    kdf: "scrypt",
    ...COST,
    salt: salt.toString("base64"),
    cipher: "aes-256-gcm",
    nonce: nonce.toString("base64"),
    length: content.length + TAG_BYTES,
  };
  const line = Buffer.from(`${JSON.stringify(header)}\n`);
  const keys = await keysOf(passphrase, header);
  const code = Buffer.from(`${codeOf(line, keys.header)}\n`);
  const cipher = createCipheriv("aes-256-gcm", keys.content, nonce).setAAD(Buffer.concat([line, code]));
  return Buffer.concat([line, code, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Decrypts what {@link seal} made.
 * @param name - the file's name, for messages.
 * @throws Error where it is no such file, incomplete, damaged, or the passphrase is another one.
 */
export async function unseal(file: Buffer, passphrase: string, name: string): Promise<Buffer> {
  const { header, line, code, sealed } = parse(file, name);
  const keys = await keysOf(passphrase, header);
  const wanted = Buffer.from(codeOf(line, keys.header));
  const actual = code.subarray(0, -1);
  if (wanted.length !== actual.length || !timingSafeEqual(wanted, actual)) {
    throw new Error(
      `The passphrase does not open ${name}. Nothing was changed. Give the one it was made with.`,
    );
  }
  if (sealed.length !== header.length) {
    throw new Error(
      `${name} is incomplete: ${sealed.length} of ${header.length} bytes of its content are there. ` +
        "Nothing was changed. Copy it again, or take another backup.",
    );
  }
  const decipher = createDecipheriv("aes-256-gcm", keys.content, Buffer.from(header.nonce, "base64"))
    .setAAD(Buffer.concat([line, code]))
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch (error) {
    throw new Error(
      `${name} is damaged: its content is not what was written. Nothing was changed. Copy it again, or take another backup.`,
      { cause: error },
    );
  }
}

function parse(file: Buffer, name: string): { header: Header; line: Buffer; code: Buffer; sealed: Buffer } {
  const first = file.subarray(0, LONGEST_HEADER).indexOf(NEWLINE) + 1;
  const second = file.subarray(0, LONGEST_HEADER).indexOf(NEWLINE, first) + 1;
  const header = first > 0 ? readHeader(file.subarray(0, first)) : undefined;
  if (!header || second === 0) {
    throw new Error(
      `${name} is no backup of \`${SWARM_COMMAND} backup\`. Nothing was changed. Name such a file.`,
    );
  }
  if (header.version !== VERSION) {
    throw new Error(
      `${name} has version ${header.version} of the format; this program reads version ${VERSION}.`,
    );
  }
  return {
    header,
    line: file.subarray(0, first),
    code: file.subarray(first, second),
    sealed: file.subarray(second),
  };
}

function readHeader(line: Buffer): Header | undefined {
  try {
    const header = JSON.parse(line.toString()) as Header;
    const memory = 128 * header.cost * header.blockSize * header.parallelization;
    const isOurs = header.format === FORMAT && memory <= MOST_MEMORY;
    return isOurs ? header : undefined;
  } catch {
    return undefined;
  }
}

/** One key for the content and one for the header's code. */
async function keysOf(passphrase: string, header: Header): Promise<{ content: Buffer; header: Buffer }> {
  const { cost, blockSize, parallelization } = header;
  const options = { cost, blockSize, parallelization, maxmem: 2 * MOST_MEMORY };
  const salt = Buffer.from(header.salt, "base64");
  const keys = await new Promise<Buffer>((resolve, reject) => {
    scrypt(passphrase, salt, 2 * KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
  return { content: keys.subarray(0, KEY_BYTES), header: keys.subarray(KEY_BYTES) };
}

function codeOf(line: Buffer, key: Buffer): string {
  return createHmac("sha256", key).update(line).digest("hex");
}
