import { existsSync } from "node:fs";
import { isIP } from "node:net";
import path from "node:path";
import { checkPoolsClear } from "../../validation/address-pools";
import { parseCidr, overlaps } from "../../validation/cidr";
import { isImageName } from "../../validation/image-name";
import { keysOf } from "../../schema/package-schema";
import { unknownKeys } from "../../validation/unknown-keys";
import { show, type Problem } from "../../validation/problem";
import type { ClusterRequest } from "../platform";
import type { LocalMachine, LocalPlatformArgs, LocalPort } from "./args";
import { checkLocalMachine } from "./validate-machine";
import { checkLocalVolumes } from "./validate-volumes";

const PROTOCOLS = ["tcp", "udp"];
/** What Docker is told where a port names no address. */
const DEFAULT_HOST_IP = "127.0.0.1";
const EVERY_IP = "0.0.0.0";
const NAMES_SHOWN = 10;

/** Everything about a local cluster that can be known to be wrong before anything is created. */
export function checkLocalPlatform(
  args: LocalPlatformArgs,
  request: ClusterRequest<LocalMachine>,
  routes: string[],
): Problem[] {
  return [
    ...checkSubnet(args.subnet, routes, request.nodes.length),
    ...checkPoolsClear(request.defaultAddrPool, args.subnet, routes),
    ...checkBaseImage(args.baseImage),
    ...checkPorts(args, request),
    ...checkImages(args),
    ...(request.machines ?? []).flatMap(checkLocalMachine),
    ...(request.volumes ?? []).flatMap(checkLocalVolumes),
  ];
}

function checkSubnet(subnet: string | undefined, routes: string[], nodes: number): Problem[] {
  if (subnet === undefined) return [];
  const cidr = parseCidr(subnet);
  if (!cidr)
    return [
      {
        where: "subnet",
        text: `${show(subnet)} is not an IPv4 range in CIDR form. Write it like "172.30.0.0/16".`,
      },
    ];
  // Its first and last address mean the network itself and everyone in it, one more is the gateway's.
  const room = Math.max(0, 2 ** (32 - cidr.prefix) - 3);
  if (room < nodes) {
    return [
      {
        where: "subnet",
        text: `${subnet} has room for ${room} nodes; the cluster has ${nodes}. Use a larger one such as "172.30.0.0/16".`,
      },
    ];
  }
  return routes
    .map(parseCidr)
    .filter((route) => route !== undefined && overlaps(cidr, route))
    .map((route) => ({
      where: "subnet",
      text: `${subnet} overlaps the host's route to ${route?.text}. Use another range.`,
    }));
}

function checkPorts({ ports = [] }: LocalPlatformArgs, { nodes }: ClusterRequest): Problem[] {
  const names = nodes.map(({ name }) => name);
  return ports.flatMap((port, index) => {
    const where = `ports[${index}]`;
    const problems: Problem[] = [];
    problems.push(...unknownKeys(where, port, keysOf("LocalPort")));
    for (const end of ["published", "target"] as const) {
      if (!Number.isInteger(port[end]) || port[end] < 1 || port[end] > 65_535) {
        problems.push({
          where: `${where}.${end}`,
          text: `${show(port[end])} is not a port. Write a number from 1 to 65535, without quotes.`,
        });
      }
    }
    if (!names.includes(port.node)) {
      problems.push({
        where: `${where}.node`,
        text: `${show(port.node)} is no node of the cluster. It has ${shortened(names)}.`,
      });
    }
    if (port.protocol !== undefined && !PROTOCOLS.includes(port.protocol)) {
      problems.push({
        where: `${where}.protocol`,
        text: `${show(port.protocol)} is no protocol. Use ${PROTOCOLS.join(" or ")}.`,
      });
    }
    if (port.hostIp !== undefined && isIP(String(port.hostIp)) === 0) {
      problems.push({
        where: `${where}.hostIp`,
        text: `${show(port.hostIp)} is not an IP address of this host. Write it like "127.0.0.1", or "0.0.0.0" for all.`,
      });
    }
    const same = ports.findIndex((other) => sharePort(other, port));
    if (same < index) {
      problems.push({
        where: `${where}.published`,
        text: `${port.published} is published by ports[${same}] already. A port of the host can be published once.`,
      });
    }
    return problems;
  });
}

function sharePort(a: LocalPort, b: LocalPort): boolean {
  const [one, other] = [a.hostIp ?? DEFAULT_HOST_IP, b.hostIp ?? DEFAULT_HOST_IP];
  const sameAddress = one === other || one === EVERY_IP || other === EVERY_IP;
  return a.published === b.published && (a.protocol ?? "tcp") === (b.protocol ?? "tcp") && sameAddress;
}

function shortened(names: string[]): string {
  const rest = names.length - NAMES_SHOWN;
  return rest > 0 ? `${names.slice(0, NAMES_SHOWN).join(", ")} and ${rest} more` : names.join(", ");
}

function checkBaseImage(image: string | undefined): Problem[] {
  if (image === undefined || isImageName(image)) return [];
  return [
    {
      where: "baseImage",
      text: `${show(image)} is not the name of an image. Write it like "debian:trixie-slim".`,
    },
  ];
}

function checkImages({ images = [] }: LocalPlatformArgs): Problem[] {
  return images.flatMap((image, index) => {
    const { name, build } = image;
    const where = `images[${index}]`;
    const problems = unknownKeys(where, image, keysOf("LocalImage"));
    if (name && !isImageName(name))
      problems.push({
        where: `${where}.name`,
        text: `${show(name)} is not the name of an image. Write it like "shop:1".`,
      });
    if (!name)
      problems.push({ where: `${where}.name`, text: `the image has no name. Give it one such as "shop:1".` });
    if (build !== undefined && !existsSync(path.join(String(build), "Dockerfile"))) {
      problems.push({
        where: `${where}.build`,
        text: `${show(build)} has no Dockerfile. Name a folder that has one.`,
      });
    }
    const same = images.findIndex((other) => other.name === name);
    if (same < index)
      problems.push({
        where: `${where}.name`,
        text: `${show(name)} is the name of images[${same}] already.`,
      });
    return problems;
  });
}
