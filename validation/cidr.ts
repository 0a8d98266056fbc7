/** An IPv4 range as its first address and its number of leading bits. */
export interface Cidr {
  text: string;
  base: number;
  prefix: number;
}

/** Reads `10.0.0.0/8`. Returns nothing for what is not an IPv4 range in CIDR form with its host bits zero. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const address = parseAddress(match[1]);
  const prefix = Number(match[2]);
  if (address === undefined || prefix > 32) return undefined;
  const base = networkOf(address, prefix);
  return base === address ? { text, base, prefix } : undefined;
}

export function parseAddress(text: string): number | undefined {
  // A leading zero means octal to some and decimal to others; Go refuses it.
  if (!/^(?:(?:0|[1-9]\d{0,2})(?:\.|$)){4}$/.test(text) || text.endsWith(".")) return undefined;
  const parts = text.split(".").map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  const prefix = Math.min(a.prefix, b.prefix);
  return networkOf(a.base, prefix) === networkOf(b.base, prefix);
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.prefix >= outer.prefix && overlaps(outer, inner);
}

export function includesAddress(range: Cidr, address: number): boolean {
  return networkOf(address, range.prefix) === range.base;
}

/** The address at an offset from the start of a range. */
export function addressAt(range: string, offset: number): string {
  const cidr = parseCidr(range);
  if (!cidr) throw new Error(`"${range}" is not an IPv4 range in CIDR form such as 172.30.0.0/16.`);
  return formatAddress(cidr.base + offset);
}

/** The host addresses of a range in order, the network's and the broadcast address left out; at most 1024. */
export function firstHosts(range: string): string[] {
  const cidr = parseCidr(range);
  if (!cidr) return [];
  const size = Math.min(2 ** (32 - cidr.prefix) - 2, 1024);
  return Array.from({ length: Math.max(size, 0) }, (_, index) => formatAddress(cidr.base + 1 + index));
}

function networkOf(address: number, prefix: number): number {
  const size = 2 ** (32 - prefix);
  return Math.floor(address / size) * size;
}
