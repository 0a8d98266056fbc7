import { isIP } from "node:net";
import { isSshConnection, type SshEndpoint } from "../schema/connection";
import type { SshHostKeyInputs, SwarmHostInputs } from "../schema/ssh";
import { show, type Problem } from "./problem";

const HOST_KEY =
  /^(SHA256:[A-Za-z0-9+/]{43}=?|(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+=*( .*)?)$/;

/** Whether SSH could connect to it, as far as its form tells. */
export function isAddress(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9._:-]+$/.test(value);
}

export function checkAddress(where: string, address: unknown): Problem[] {
  if (isAddress(address)) return [];
  const value = address === undefined ? "is missing" : `${show(address)} is no host name or IP address`;
  return [{ where, text: `${value}. Give what SSH shall connect to.` }];
}

export function checkPort(where: string, port: unknown): Problem[] {
  const isPort = typeof port === "number" && Number.isInteger(port) && port >= 1 && port <= 65_535;
  return port === undefined || isPort
    ? []
    : [{ where, text: `${show(port)} is not a port from 1 to 65535.` }];
}

/** The form of a host key. Its value is not repeated: it may be a secret in the wrong place. */
export function checkHostKey(where: string, hostKey: unknown): Problem[] {
  if (hostKey === undefined || (typeof hostKey === "string" && HOST_KEY.test(hostKey.trim()))) return [];
  return [
    {
      where,
      text:
        "is neither a public key line (ssh-ed25519 AAAA…) nor a fingerprint (SHA256:…). " +
        "On that machine: cat /etc/ssh/ssh_host_ed25519_key.pub",
    },
  ];
}

/** What the other nodes are told. */
export function checkNodeAddress(where: string, address: unknown): Problem[] {
  if (typeof address === "string" && isIP(address) !== 0) return [];
  return [
    {
      where,
      text: `the other nodes cannot be told ${show(address)}: a swarm wants an IP address. Give it as privateAddress.`,
    },
  ];
}

/** A host's inputs as far as they are known: those that were outputs in the program are judged here first. */
export function checkSwarmHost({ connection, nodes = [] }: Partial<SwarmHostInputs>): Problem[] {
  const problems = nodes.flatMap((address, index) => checkNodeAddress(`nodes[${index}]`, address));
  const twice = nodes.find((address, index) => nodes.indexOf(address) < index);
  if (twice !== undefined)
    problems.push({
      where: "nodes",
      text: `two hosts have the address ${show(twice)}. Each is one machine.`,
    });
  if (connection && isSshConnection(connection)) {
    problems.push(...checkEndpoint("connection", connection));
    if (connection.proxy) problems.push(...checkEndpoint("connection.proxy", connection.proxy));
  }
  return problems;
}

export function checkSshHostKey({ host, port }: Partial<SshHostKeyInputs>): Problem[] {
  return [...(host === undefined ? [] : checkAddress("host", host)), ...checkPort("port", port)];
}

function checkEndpoint(where: string, { host, port, hostKey }: SshEndpoint): Problem[] {
  return [
    ...checkAddress(`${where}.host`, host),
    ...checkPort(`${where}.port`, port),
    ...checkHostKey(`${where}.hostKey`, hostKey),
  ];
}
