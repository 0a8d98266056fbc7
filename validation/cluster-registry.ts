import { isIP } from "node:net";
import type { RegistryKeysInputs } from "../schema/registry-keys";
import { show, type Problem } from "./problem";

/** Names of hosts (RFC 1123). */
const HOST =
  /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;
/** What stands in a line of users, and needs no quotes in a command. */
const USER = /^[A-Za-z0-9._-]{1,64}$/;

/** A registry of a cluster as a program writes it; texts that are not known yet are empty. */
interface Given {
  address?: unknown;
  node?: unknown;
  port?: unknown;
  username?: unknown;
}

/** Rules for a registry on a cluster. */
export function checkRegistry(given: unknown): Problem[] {
  const { address, node, port, username } = given as Given;
  const problems: Problem[] = [];
  const report = (where: string, text: string) => problems.push({ where, text });
  if (typeof address !== "string")
    report("address", "is missing. Write the address or name that all nodes reach the registry's node at.");
  if (typeof node !== "string")
    report("node", "is missing. Name the node that keeps the images, by its hostname in the swarm.");
  else if (node !== "" && !HOST.test(node))
    report("node", `${show(node)} is no hostname. Write what \`docker node ls\` calls the node.`);
  if (port !== "" && !(Number.isInteger(port) && Number(port) >= 1 && Number(port) <= 65_535))
    report("port", `${show(port)} is not a whole number from 1 to 65535.`);
  const texts = { address: textIn(address), username: textIn(username) };
  return [...problems, ...checkRegistryKeys(texts)];
}

/** Rules for what its users know it by. */
export function checkRegistryKeys({ address, username }: Partial<RegistryKeysInputs>): Problem[] {
  const problems: Problem[] = [];
  if (address !== undefined && isIP(address) === 0 && !HOST.test(address))
    problems.push({
      where: "address",
      text: `${show(address)} is neither an address nor a name of a host. Write it without "https://" and port: "10.0.0.11".`,
    });
  if (username !== undefined && !USER.test(username))
    problems.push({
      where: "username",
      text: `${show(username)} is no user: 1 to 64 letters, digits, ".", "_" and "-". Write one like "deploy".`,
    });
  return problems;
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
