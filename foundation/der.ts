/** Values of X.509 in DER (ITU-T X.690), as far as a certificate of our own needs them. */
export function sequence(...parts: Buffer[]): Buffer {
  return value(0x30, ...parts);
}

export function setOf(part: Buffer): Buffer {
  return value(0x31, part);
}

/** A whole number that is not negative. */
export function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const short = first < 0 ? Buffer.from([0]) : bytes.subarray(first);
  return value(0x02, short[0] >= 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short);
}

export function boolean(is: boolean): Buffer {
  return value(0x01, Buffer.from([is ? 0xff : 0]));
}

/** @param unused - bits at the end that do not count */
export function bitString(bytes: Buffer, unused = 0): Buffer {
  return value(0x03, Buffer.from([unused]), bytes);
}

export function octetString(bytes: Buffer): Buffer {
  return value(0x04, bytes);
}

export function utf8(text: string): Buffer {
  return value(0x0c, Buffer.from(text, "utf8"));
}

/** A part that is known by its place. @param isWhole - whether it holds whole values, and not bytes */
export function tagged(tag: number, bytes: Buffer, isWhole = false): Buffer {
  return value((isWhole ? 0xa0 : 0x80) + tag, bytes);
}

/** @param dotted - such as 2.5.29.17 */
export function oid(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split(".").map(Number);
  return value(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** To the second; from 2050 on the year has four digits (RFC 5280, 4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+|[-:T]/g, "");
  return date.getUTCFullYear() < 2050
    ? value(0x17, Buffer.from(digits.slice(2)))
    : value(0x18, Buffer.from(digits));
}

function value(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 + bytes.length, ...bytes];
}

function base128(number: number): number[] {
  const digits = [number % 128];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128))
    digits.unshift(0x80 + (rest % 128));
  return digits;
}
