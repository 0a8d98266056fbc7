import { checkAfterJoin, type Command } from "./after-join";
import { checkAvailability, checkHostname, checkLabels, isMapping } from "./node";
import { checkPoolVolumes } from "./pool-volumes";
import { show, type Problem } from "./problem";

/** What managers and pools of workers have in common. */
export interface NodesShape {
  count?: number;
  names?: string[];
  labels?: Record<string, string>;
  nodeLabels?: Record<string, Record<string, string>>;
  availability?: string;
  nodeAvailability?: Record<string, string>;
  afterJoin?: { name: string; create: string }[];
  nodeAfterJoin?: Record<string, { name: string; create: string }[]>;
  volumes?: readonly object[];
}

/**
 * The names of nodes that a program gives, and what it says of single nodes.
 * @param prefix - of numbered names. One that is no text is reported by the caller, and then no name follows from it.
 */
export function checkNodes(where: string, nodes: NodesShape, prefix: unknown, count: number): Problem[] {
  const test = isNode(nodes, prefix, count);
  const example = typeof prefix === "string" ? `${prefix}-1` : "app-1";
  return [
    ...checkLabels(`${where}.labels`, nodes.labels ?? {}),
    ...checkAvailability(`${where}.availability`, nodes.availability),
    ...checkNames(where, nodes),
    ...checkPoolVolumes(`${where}.volumes`, nodes.volumes),
    ...checkAfterJoin(`${where}.afterJoin`, nodes.afterJoin ?? []),
    ...checkSingle(`${where}.nodeAfterJoin`, nodes.nodeAfterJoin, test, {
      example: `{${example}: [{name: "mount", create: "mount -a"}]}`,
      // They run after those of all, on the same node.
      check: (at, commands) => checkAfterJoin(at, [...(nodes.afterJoin ?? []), ...(commands as Command[])]),
    }),
    ...checkSingle(`${where}.nodeLabels`, nodes.nodeLabels, test, {
      example: `{${example}: {disk: "nvme"}}`,
      check: checkLabels,
    }),
    ...checkSingle(`${where}.nodeAvailability`, nodes.nodeAvailability, test, {
      example: `{${example}: drain}`,
      check: checkAvailability,
    }),
  ];
}

/** Names that appear twice among all nodes of a cluster, which only given names can. */
export function checkNamesDiffer(lists: { where: string; names: readonly string[] }[]): Problem[] {
  const owner = new Map<string, string>();
  return lists.flatMap(({ where, names }) =>
    names.flatMap((name) => {
      const first = owner.get(name);
      owner.set(name, first ?? where);
      return first === undefined
        ? []
        : [{ where, text: `the node name ${show(name)} is used by ${first} already. Names must differ.` }];
    }),
  );
}

function checkNames(where: string, { names, count }: NodesShape): Problem[] {
  if (names === undefined) return [];
  if (!Array.isArray(names)) {
    return [
      { where: `${where}.names`, text: `${show(names)} is no list of names. Write it like [red, blue].` },
    ];
  }
  const problems = names.flatMap((name, index) => checkHostname(`${where}.names[${index}]`, name));
  if (count !== undefined && count !== names.length) {
    problems.push({
      where: `${where}.count`,
      text: `${count} contradicts the ${names.length} names in \`names\`. Leave one of the two out.`,
    });
  }
  return problems;
}

interface NodeTest {
  has(node: string): boolean;
  list: string;
}

function isNode({ names }: NodesShape, prefix: unknown, count: number): NodeTest {
  if (Array.isArray(names)) {
    const list = names.map((name: unknown) => (typeof name === "string" ? name : show(name))).join(", ");
    return { has: (node) => names.includes(node), list: list || "none" };
  }
  if (typeof prefix !== "string") return { has: () => true, list: "none" };
  const has = (node: string) => {
    const number = Number(node.slice(prefix.length + 1));
    return node.startsWith(`${prefix}-`) && Number.isInteger(number) && number >= 1 && number <= count;
  };
  const last = count === 1 ? `${prefix}-1` : `${prefix}-1 to ${prefix}-${count}`;
  return { has, list: count >= 1 ? last : "none" };
}

function checkSingle(
  where: string,
  values: unknown,
  nodes: NodeTest,
  { example, check }: { example: string; check: (where: string, value: unknown) => Problem[] },
): Problem[] {
  if (values === undefined) return [];
  if (!isMapping(values))
    return [{ where, text: `${show(values)} is no mapping. Write it like ${example}.` }];
  return Object.entries(values).flatMap(([node, value]) => [
    ...(nodes.has(node) ? [] : [{ where, text: `"${node}" is no node of this pool. It has ${nodes.list}.` }]),
    ...check(`${where}.${node}`, value),
  ]);
}
