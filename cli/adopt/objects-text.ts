import type { ConfigInputs, NetworkInputs } from "../../schema/objects";
import type { NetworkInspect } from "../../docker/api/network";
import { ENCRYPTED_OPTION } from "../../docker/networks";
import type { SwarmObject } from "../../docker/api/object";
import { STACK_LABEL } from "../../docker/services";
import { isOwnerLabel } from "../../swarm/stacks/stack-compose/labels";
import { givenOptions, givenRanges } from "../../swarm/stacks/stack-compose/stack-networks";
import { without } from "../../swarm/stacks/stack-compose/compose-values";
import { checkNetwork, checkVersioned } from "../../validation/objects";
import { describeProblems, type Problem } from "../../validation/problem";
import type { FoundSwarm } from "./gather-swarm";
import { Code, comment, literal } from "./literal";
import type { Identifiers } from "./names";

/** What is declared in the program, and how each is called there. */
export interface DeclaredObjects {
  texts: string[];
  /** Name in the swarm → identifier. */
  identifiers: Record<string, string>;
  /** Keys of the configuration that hold the secrets, in the order of the program. */
  configKeys: string[];
}

/** Networks that are no stack's: those go with their stack's compose file. */
export function networksText(found: FoundSwarm, identifiers: Identifiers): DeclaredObjects {
  const own = found.networks.filter(
    ({ Scope, Ingress, Labels }) => Scope === "swarm" && !Ingress && !(Labels && STACK_LABEL in Labels),
  );
  return declared(
    own.map((network) => ({ name: network.Name, ...networkArgs(network, found) })),
    "Network",
    identifiers,
  );
}

function networkArgs(network: NetworkInspect, { swarm }: FoundSwarm): { args: object; lacks: string[] } {
  const { Driver, Attachable, Internal, EnableIPv6, IPAM, Labels } = network;
  const { [ENCRYPTED_OPTION]: encrypted, ...options } = givenOptions(network) ?? {};
  const [range, ...more] = givenRanges(network, swarm);
  const args: Omit<NetworkInputs, "owner" | "clusterId" | "managers" | "name"> = {
    attachable: Attachable || undefined,
    encrypted: encrypted === undefined ? undefined : true,
    internal: Internal || undefined,
    subnet: range?.Subnet,
    gateway: range?.Gateway || undefined,
    ipRange: range?.IPRange || undefined,
    options: without(options, () => false),
    labels: without(Labels, isOwnerLabel),
  };
  const lacks = [
    ...(Driver === "overlay" ? [] : [`its driver is ${Driver}`]),
    ...(EnableIPv6 ? ["it has IPv6"] : []),
    ...(more.length > 0 ? ["it has more than one range"] : []),
    ...(IPAM.Driver && IPAM.Driver !== "default" ? [`its addresses are given by ${IPAM.Driver}`] : []),
    ...said(checkNetwork({ ...args, name: network.Name })),
  ];
  return { args, lacks };
}

export function configsText({ configs }: FoundSwarm, identifiers: Identifiers): DeclaredObjects {
  return declared(
    configs.map(({ Spec }) => {
      const bytes = Buffer.from(Spec.Data ?? "", "base64");
      const data = bytes.toString();
      const isText = Buffer.from(data).equals(bytes);
      return {
        name: Spec.Name,
        args: { data, ...common(Spec) },
        lacks: isText
          ? said(checkVersioned("config", { name: Spec.Name, data }))
          : ["its content is no text"],
      };
    }),
    "Config",
    identifiers,
  );
}

export function secretsText(
  { secrets }: FoundSwarm,
  identifiers: Identifiers,
  keys: Identifiers,
): DeclaredObjects {
  const all = secrets.map(({ Spec }) => {
    const lacks = said(checkVersioned("secret", { name: Spec.Name }));
    const key = keys.of(Spec.Name);
    const data = new Code(`config.requireSecret(${literal(key)})`);
    return { name: Spec.Name, args: { data, ...common(Spec) }, lacks, key };
  });
  const usable = all.filter(({ lacks }) => lacks.length === 0);
  return { ...declared(all, "Secret", identifiers), configKeys: usable.map(({ key }) => key) };
}

function common({ Labels, Templating }: SwarmObject["Spec"]): Pick<ConfigInputs, "templated" | "labels"> {
  return {
    templated: Templating?.Name ? true : undefined,
    labels: without(Labels, (name) => name === STACK_LABEL || name.startsWith("pulumi-swarm.")),
  };
}

function declared(
  all: readonly { name: string; args: object; lacks: string[] }[],
  type: string,
  identifiers: Identifiers,
): DeclaredObjects {
  const names: Record<string, string> = {};
  const texts = all.map(({ name, args, lacks }) => {
    if (lacks.length > 0)
      return comment(`${type} ${name} stays as it is, as no program can say it: ${lacks.join("; ")}`);
    names[name] = identifiers.of(name);
    const whole = { cluster: new Code("cluster"), adopt: true, ...args };
    const begin = `const ${names[name]} = new ${type}(${literal(name)}, `;
    return `${begin}${literal(whole, "", begin.length)});`;
  });
  return { texts, identifiers: names, configKeys: [] };
}

function said(problems: Problem[]): string[] {
  return problems.length > 0 ? [describeProblems(problems).trim()] : [];
}
