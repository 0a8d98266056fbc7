import { existsSync } from "node:fs";
import path from "node:path";
import { checkAddressPools } from "../../validation/address-pools";
import { parseCidr, overlaps } from "../../validation/cidr";
import { show, type Problem } from "../../validation/problem";
import type { ClusterRequest } from "../platform";
import type { LocalPlatformArgs } from "./local-platform";

/** Everything about a local cluster that can be known to be wrong before anything is created. */
export function checkLocalPlatform(args: LocalPlatformArgs, request: ClusterRequest, routes: string[]): Problem[] {
  return [
    ...checkSubnet(args.subnet, routes),
    ...checkAddressPools({ defaultAddrPool: request.defaultAddrPool }, args.subnet, routes),
    ...checkPorts(args, request),
    ...checkImages(args),
  ];
}

function checkSubnet(subnet: string | undefined, routes: string[]): Problem[] {
  if (subnet === undefined) return [];
  const cidr = parseCidr(subnet);
  if (!cidr) return [{ where: "subnet", text: `${show(subnet)} is not an IPv4 range in CIDR form. Write it like "172.30.0.0/16".` }];
  return routes
    .map(parseCidr)
    .filter((route) => route !== undefined && overlaps(cidr, route))
    .map((route) => ({ where: "subnet", text: `${subnet} overlaps the host's route to ${route?.text}. Use another range.` }));
}

function checkPorts({ ports = [] }: LocalPlatformArgs, { nodes }: ClusterRequest): Problem[] {
  const names = nodes.map(({ name }) => name);
  return ports.flatMap((port, index) => {
    const where = `ports[${index}]`;
    const problems: Problem[] = [];
    for (const end of ["published", "target"] as const) {
      if (!Number.isInteger(port[end]) || port[end] < 1 || port[end] > 65_535) {
        problems.push({ where: `${where}.${end}`, text: `${show(port[end])} is not a port from 1 to 65535.` });
      }
    }
    if (!names.includes(port.node)) {
      problems.push({ where: `${where}.node`, text: `"${port.node}" is no node of the cluster. It has ${names.join(", ")}.` });
    }
    const same = ports.findIndex(
      (other) => other.published === port.published && (other.protocol ?? "tcp") === (port.protocol ?? "tcp") && other.hostIp === port.hostIp,
    );
    if (same < index) {
      problems.push({ where: `${where}.published`, text: `${port.published} is published by ports[${same}] already. A port of the host can be published once.` });
    }
    return problems;
  });
}

function checkImages({ images = [] }: LocalPlatformArgs): Problem[] {
  return images.flatMap(({ name, build }, index) => {
    const where = `images[${index}]`;
    const problems: Problem[] = [];
    if (!name) problems.push({ where: `${where}.name`, text: `the image has no name. Give it one such as "shop:1".` });
    if (build !== undefined && !existsSync(path.join(build, "Dockerfile"))) {
      problems.push({ where: `${where}.build`, text: `${show(build)} has no Dockerfile. Name a folder that has one.` });
    }
    const same = images.findIndex((other) => other.name === name);
    if (same < index) problems.push({ where: `${where}.name`, text: `"${name}" is the name of images[${same}] already.` });
    return problems;
  });
}
