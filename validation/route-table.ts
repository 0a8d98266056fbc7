import type { Route } from "../schema/preflight";
import { formatAddress } from "./cidr";

/**
 * Reads `/proc/net/route`: interface, destination, gateway, flags, three counters, mask; addresses as the processor
 * has them. The default route is left out.
 */
export function parseRouteTable(table: string): Route[] {
  return rowsOf(table)
    .filter((cells) => addressOf(cells[7]) !== 0)
    .map((cells) => ({
      device: cells[0],
      range: `${formatAddress(addressOf(cells[1]))}/${prefixOf(addressOf(cells[7]))}`,
    }));
}

/** The interface that everything else is sent through. */
export function defaultDeviceOf(table: string): string | undefined {
  return rowsOf(table).find((cells) => addressOf(cells[7]) === 0)?.[0];
}

/** Bridges and pairs that Docker makes come and go with its networks; Docker itself keeps their ranges apart. */
export function isDockers(device: string): boolean {
  return /^(br-[0-9a-f]{12}$|docker|veth)/.test(device);
}

function rowsOf(table: string): string[][] {
  return table
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells.length > 7);
}

/** The processors that Docker runs on are little-endian, s390x left aside. */
function addressOf(hex: string): number {
  return Buffer.from(hex, "hex").readUInt32LE();
}

function prefixOf(mask: number): number {
  return mask.toString(2).replaceAll("0", "").length;
}
