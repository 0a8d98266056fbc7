import type { PreflightInputs } from "../schema/preflight";
import { checkAddressPools } from "./address-pools";
import { parseAddress } from "./cidr";
import { parseDuration } from "./duration";
import { show, type Problem } from "./problem";

/** What a preflight cannot work with, found before any machine is asked. */
export function checkPreflight(inputs: Partial<PreflightInputs>): Problem[] {
  const { hosts = [], dataPathPort, defaultAddrPool, maxOffset } = inputs;
  const problems = checkAddressPools({ defaultAddrPool }, undefined, []);
  const report = (where: string, text: string) => problems.push({ where, text });
  if (
    dataPathPort !== undefined &&
    !(Number.isInteger(dataPathPort) && dataPathPort >= 1024 && dataPathPort <= 49151)
  )
    report("dataPathPort", `${show(dataPathPort)} is not a whole number from 1024 to 49151.`);
  if (maxOffset !== undefined && parseDuration(maxOffset) === undefined)
    report("maxOffset", `${show(maxOffset)} is not a duration. Write it like "250ms" or "1s".`);
  hosts.forEach(({ name, role, address, dataPathAddr }, index) => {
    const where = `hosts[${index}]`;
    if (!["manager", "worker"].includes(role))
      report(`${where}.role`, `${show(role)} is neither "manager" nor "worker".`);
    for (const [property, value] of Object.entries({ address, dataPathAddr })) {
      if (value === undefined || (typeof value === "string" && parseAddress(value) !== undefined)) continue;
      report(
        `${where}.${property}`,
        `${show(value)} is not an IPv4 address such as "10.1.0.7". Others reach it there.`,
      );
    }
    const before = hosts.slice(0, index);
    if (before.some((other) => other.name === name))
      report(`${where}.name`, `${show(name)} is the name of another host as well. Give each its own.`);
    const twin = before.find((other) => other.address === address);
    if (twin)
      report(
        `${where}.address`,
        `${show(address)} is the address of ${twin.name} as well. Give each its own.`,
      );
  });
  return problems;
}
