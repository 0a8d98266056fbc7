import { existsSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { formatAddress, parseAddress } from "../../validation/cidr";

const ROUTES = "/proc/net/route";
/** Docker's own bridges come and go with its networks; Docker itself keeps its ranges apart. */
const OF_DOCKER = /^(br-|docker|veth)/;

/** IPv4 ranges that this host reaches directly or over a route of its own, the default route left out. */
export function hostRoutes(): string[] {
  const ranges = existsSync(ROUTES) ? fromTable(readFileSync(ROUTES, "utf8")) : fromInterfaces();
  return [...new Set(ranges)];
}

/** Linux's table: addresses and masks in hexadecimal, lowest byte first. */
function fromTable(table: string): string[] {
  return table
    .trim()
    .split("\n")
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter(([device, destination]) => destination !== "00000000" && !OF_DOCKER.test(device))
    .map(
      ([, destination, , , , , , mask]) => `${fromLittleEndian(destination)}/${bits(fromLittleEndian(mask))}`,
    );
}

function fromInterfaces(): string[] {
  return Object.values(networkInterfaces())
    .flat()
    .filter((address) => address !== undefined && address.family === "IPv4" && !address.internal)
    .map((address) => {
      const prefix = bits(address?.netmask ?? "255.255.255.255");
      const size = 2 ** (32 - prefix);
      const base = Math.floor((parseAddress(address?.address ?? "") ?? 0) / size) * size;
      return `${formatAddress(base)}/${prefix}`;
    });
}

function fromLittleEndian(hex: string): string {
  return (hex.match(/../g) ?? [])
    .reverse()
    .map((byte) => parseInt(byte, 16))
    .join(".");
}

function bits(mask: string): number {
  return (parseAddress(mask) ?? 0).toString(2).replaceAll("0", "").length;
}
