import type { NodeSpecsInputs, SwarmNodeInputs } from "../schema/swarm";
import { show, type Problem } from "./problem";

const AVAILABILITIES = ["active", "pause", "drain"];
const ROLES = ["manager", "worker"];

/** What RFC 1123 allows as one part of a host name; a node's name is the host name of its machine. */
const HOSTNAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export function checkHostname(where: string, name: unknown): Problem[] {
  if (typeof name === "string" && HOSTNAME.test(name)) return [];
  if (name === undefined) return [{ where, text: 'is missing. Give it a host name such as "app".' }];
  return [
    {
      where,
      text: `${show(name)} is not a host name: 1 to 63 lower-case letters, digits and hyphens, neither first nor last a hyphen.`,
    },
  ];
}

/** Placement constraints read `node.labels.<key>==<value>`, so a key with a space can never be matched. */
export function checkLabels(where: string, labels: unknown): Problem[] {
  if (!isMapping(labels)) {
    return [
      {
        where,
        text: `${show(labels)} is no mapping of label keys to texts. Write it like {storage: "raid"}.`,
      },
    ];
  }
  return Object.entries(labels).flatMap(([key, value]) => {
    const at = `${where}[${show(key)}]`;
    if (!/^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(key)) {
      return [
        {
          where: at,
          text: "a label key holds letters, digits, dots, hyphens, underscores and slashes, no spaces. Rename it.",
        },
      ];
    }
    if (typeof value !== "string") {
      return [{ where: at, text: `the value ${show(value)} is not a text. ${remedyOf(value)}` }];
    }
    return [];
  });
}

function remedyOf(value: unknown): string {
  const isScalar = typeof value === "number" || typeof value === "boolean";
  return isScalar ? `Put it in quotes: "${String(value)}".` : "Write a text in quotes, or remove the label.";
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

export function checkAvailability(where: string, availability: unknown): Problem[] {
  if (availability === undefined || AVAILABILITIES.includes(availability as string)) return [];
  return [{ where, text: `${show(availability)} is no availability. Use ${AVAILABILITIES.join(", ")}.` }];
}

export function checkNode({ name, role }: Partial<SwarmNodeInputs>): Problem[] {
  return [
    ...(name === undefined ? [] : checkHostname("name", name)),
    ...(role === undefined || ROLES.includes(role)
      ? []
      : [{ where: "role", text: `${show(role)} is no role. Use ${ROLES.join(" or ")}.` }]),
  ];
}

export function checkNodeSpecs({ nodes = {} }: Partial<NodeSpecsInputs>): Problem[] {
  return Object.entries(nodes).flatMap(([name, { labels, availability }]) => [
    ...checkLabels(`nodes[${show(name)}].labels`, labels),
    ...checkAvailability(`nodes[${show(name)}].availability`, availability),
  ]);
}
