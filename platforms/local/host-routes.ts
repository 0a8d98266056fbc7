import { existsSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { formatAddress, parseAddress } from "../../validation/cidr";
import { isDockers, parseRouteTable } from "../../validation/route-table";

const ROUTES = "/proc/net/route";

/** IPv4 ranges that this host reaches directly or over a route of its own, the default route left out. */
export function hostRoutes(): string[] {
  const ranges = existsSync(ROUTES) ? fromTable(readFileSync(ROUTES, "utf8")) : fromInterfaces();
  return [...new Set(ranges)];
}

function fromTable(table: string): string[] {
  return parseRouteTable(table)
    .filter(({ device }) => !isDockers(device))
    .map(({ range }) => range);
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

function bits(mask: string): number {
  return (parseAddress(mask) ?? 0).toString(2).replaceAll("0", "").length;
}
