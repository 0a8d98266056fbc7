import { isLater } from "../../resources/later";
import { show, type Problem } from "../../validation/problem";
import type { SshBastionArgs, SshPlatformArgs } from "./args";

/** What the pinned key of a bastion is known by. Hosts behind the same bastion name it alike. */
export function nameOfBastion({ name = "bastion" }: SshBastionArgs): string {
  return name;
}

/** A pinned key is that of one machine, so two bastions need two names, where the program gives no keys. */
export function checkBastions({ hosts, trustOnFirstUse }: SshPlatformArgs): Problem[] {
  if (!trustOnFirstUse) return [];
  const first = new Map<string, { bastion: SshBastionArgs; where: string }>();
  return hosts.flatMap(({ bastion }, index) => {
    if (!bastion || bastion.hostKey !== undefined) return [];
    const where = `hosts[${index}].bastion`;
    const name = nameOfBastion(bastion);
    const before = first.get(name);
    if (!before) first.set(name, { bastion, where });
    if (!before || mayBeOne(before.bastion, bastion)) return [];
    const remedy = "Give each bastion a `name` of its own; their pinned keys are kept by it.";
    return [{ where: `${where}.name`, text: `${show(name)} is that of ${before.where} already. ${remedy}` }];
  });
}

/** Outputs are compared where they are one and the same: only a name tells that two of them come to one address. */
function mayBeOne(a: SshBastionArgs, b: SshBastionArgs): boolean {
  const isNamed = a.name !== undefined;
  const isSame = (one: unknown, other: unknown) =>
    one === other || (isNamed && (isLater(one) || isLater(other)));
  return isSame(a.address, b.address) && isSame(a.port ?? 22, b.port ?? 22);
}
