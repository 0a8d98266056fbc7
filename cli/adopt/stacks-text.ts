import { STACK_LABEL } from "../../docker/services";
import { composeOf, type StackCompose } from "../../swarm/stacks/stack-compose/stack-compose";
import type { FullServiceSpec } from "../../swarm/stacks/stack-compose/spec";
import type { FoundSwarm } from "./gather-swarm";
import { Code, comment, literal } from "./literal";
import type { DeclaredObjects } from "./objects-text";

export interface Stacks {
  texts: string[];
  /** File name → text. */
  composeFiles: Map<string, string>;
}

type Objects = Record<"secrets" | "configs" | "networks", DeclaredObjects["identifiers"]>;

/**
 * Stacks with their compose files. Services that are no stack's are none of the program's.
 * @param isWhole - the compose files stand in the program itself
 */
export function stacksText(found: FoundSwarm, objects: Objects, isWhole: boolean): Stacks {
  const composeFiles = new Map<string, string>();
  const texts = [...stacksOf(found.services)].map(([stack, services]) => {
    const compose = composeOf(stack, services, found.networks, found.swarm);
    const file = { name: `${stack}.yml`, content: withLacks(compose) };
    if (!isWhole) composeFiles.set(file.name, file.content);
    return stackText(stack, compose, objects, isWhole ? file : file.name);
  });
  const alone = found.services.filter(({ Labels }) => !Labels?.[STACK_LABEL]).map(({ Name }) => Name);
  if (alone.length > 0)
    texts.push(comment(`No stack's, and so left as they are: the services ${alone.sort().join(", ")}.`));
  return { texts, composeFiles };
}

function stacksOf(services: readonly FullServiceSpec[]): Map<string, FullServiceSpec[]> {
  const stacks = new Map<string, FullServiceSpec[]>();
  for (const service of services) {
    const stack = service.Labels?.[STACK_LABEL];
    if (stack) stacks.set(stack, [...(stacks.get(stack) ?? []), service]);
  }
  return new Map([...stacks].sort(([a], [b]) => a.localeCompare(b)));
}

function stackText(
  stack: string,
  { uses, lacks }: StackCompose,
  objects: Objects,
  composeFile: string | object,
): string {
  const used = (kind: keyof Objects) => {
    const known = uses[kind].filter((name) => name in objects[kind]);
    if (known.length === 0) return undefined;
    return Object.fromEntries(known.map((name) => [name, new Code(objects[kind][name])]));
  };
  const args = {
    cluster: new Code("cluster"),
    adopt: true,
    composeFiles: [composeFile],
    secrets: used("secrets"),
    configs: used("configs"),
    networks: used("networks"),
  };
  const warning =
    lacks.length > 0 ? `${comment(`${stack}.yml cannot say all that runs; look at its first lines.`)}\n` : "";
  return `${warning}new Stack(${literal(stack)}, ${literal(args)});`;
}

function withLacks({ content, lacks }: StackCompose): string {
  if (lacks.length === 0) return content;
  const lines = [
    "What runs and this file cannot say; a deploy of it changes that:",
    ...lacks.map((one) => `- ${one}`),
  ];
  return `${lines.map((line) => `# ${line}\n`).join("")}\n${content}`;
}
