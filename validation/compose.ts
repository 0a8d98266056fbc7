import type { ComposeFile } from "../schema/stack";
import { checkKeyIsText, checkName, OBJECT_SECTIONS } from "./compose-names";
import { checkJob } from "./compose-jobs";
import type { ComposeNode } from "./compose-node";
import { readCompose } from "./compose-read";
import { checkSection } from "./compose-sections";
import { checkSchema } from "./compose-schema";
import { checkMapping } from "./compose-shape";
import { checkPorts } from "./compose-ports";
import { checkReferences, type Declared } from "./compose-references";
import { show, type Problem } from "./problem";

/** What is known of a stack when its compose files are checked. */
export interface ComposeKnown {
  /** Whether these are all files; what they lack may be in one that is not known yet. @default true */
  isWhole?: boolean;
  /** Values for `${VARIABLES}`. @default not known yet, and nothing that holds one is judged by its type */
  variables?: Readonly<Record<string, string>>;
}

/**
 * What would make the deploy of these compose files fail, all of it at once and before anything is created.
 * Merging and the finer rules are Docker's own (`docker stack config`); only what is certain is reported here.
 */
export function checkComposeFiles(
  files: ComposeFile[],
  declared: Declared,
  { isWhole = true, variables }: ComposeKnown = {},
): Problem[] {
  const read = files.map(readCompose);
  const broken = read.flatMap(({ problems }) => problems);
  const roots = read.flatMap(({ root }) => root ?? []);
  const single = [...broken, ...roots.flatMap(checkRoot)];
  // A file that cannot be read may hold what the others seem to miss.
  const problems =
    broken.length > 0 || !isWhole ? single : [...single, ...checkTogether(files, roots, declared)];
  // Docker's own words come after ours, which know the remedy, and each place has one of them.
  const keys = roots.flatMap((root) => root.allKeys.flatMap(checkKeyIsText));
  const shapes = read.flatMap(({ root }, index) =>
    root ? checkSchema(root, files[index].content, variables) : [],
  );
  const said = new Set(problems.map(({ where }) => where));
  const isNew = ({ where }: Problem) => !said.has(where) && said.add(where);
  return [...problems, ...[...keys, ...shapes].filter(isNew)];
}

function checkTogether(files: ComposeFile[], roots: ComposeNode[], declared: Declared): Problem[] {
  const services = servicesOf(roots);
  if (services.size === 0) {
    const names = files.map(({ name }) => name).join(", ") || "composeFiles";
    return [{ where: names, text: "there is no service. Write at least one under `services:`." }];
  }
  return [
    ...[...services].flatMap(([name, parts]) => [...checkImage(name, parts), ...checkJob(parts)]),
    ...checkReferences(roots, [...services.values()].flat(), declared),
    ...checkPorts(services),
  ];
}

/** Each service with its parts in the order of the files. */
function servicesOf(roots: ComposeNode[]): Map<string, ComposeNode[]> {
  const services = new Map<string, ComposeNode[]>();
  for (const { key, value } of roots.flatMap((root) => root.child("services")?.entries ?? [])) {
    const name = key.text ?? "";
    services.set(name, [...(services.get(name) ?? []), value]);
  }
  return services;
}

function checkRoot(root: ComposeNode): Problem[] {
  const services = root.child("services");
  return [
    ...(services ? checkMapping(services, "services by their names") : []),
    ...(services?.entries ?? []).flatMap(({ key, value }) => [
      ...checkName("service", key),
      ...checkService(value),
    ]),
    ...OBJECT_SECTIONS.flatMap((section) => checkSection(section, root.child(section))),
  ];
}

function checkService(service: ComposeNode): Problem[] {
  if (!service.isMap)
    return [
      { where: service.where, text: "the service is no mapping. Write at least its `image:` below it." },
    ];
  const dependsOn = service.child("depends_on");
  return [
    // Docker's stacks take the list only, and ignore it.
    ...(dependsOn?.isMap
      ? [
          {
            where: dependsOn.where,
            text: "conditions of depends_on are no part of Docker's stacks. Write a list of services, or remove it.",
          },
        ]
      : []),
  ];
}

function checkImage(name: string, parts: ComposeNode[]): Problem[] {
  const [first] = parts;
  const image = parts.some((part) => !(part.child("image")?.isNothing ?? true));
  if (image || !first.isMap) return [];
  const build = parts.some((part) => part.child("build"));
  return [
    {
      where: first.where,
      text: `the service ${show(name)} has no image${build ? "; a swarm builds none" : ""}. Add \`image:\`.`,
    },
  ];
}
