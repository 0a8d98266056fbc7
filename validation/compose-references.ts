import { closest } from "./compose-keys";
import { checkName, OBJECT_SECTIONS, singular, type ObjectSection } from "./compose-names";
import type { ComposeNode } from "./compose-node";
import { show, type Problem } from "./problem";

/** Objects that the program makes and maps to names of the compose files. */
export interface Declared {
  secrets: string[];
  configs: string[];
  networks: string[];
}

interface Reference {
  section: ObjectSection;
  name: ComposeNode;
}

/** Services refer to networks, volumes, secrets and configs by name: every name must lead somewhere, both ways. */
export function checkReferences(
  roots: ComposeNode[],
  services: ComposeNode[],
  declared: Declared,
): Problem[] {
  const references = services.flatMap(referencesOf);
  const problems: Problem[] = [];
  for (const section of OBJECT_SECTIONS) {
    const keys = roots.flatMap((root) => root.child(section)?.entries ?? []).map(({ key }) => key);
    const ours = section === "volumes" ? [] : declared[section];
    const known = new Set([...keys.map(({ text }) => text ?? ""), ...ours]);
    const used = references.filter((reference) => reference.section === section).map(({ name }) => name);
    problems.push(...used.flatMap((name) => checkReference(section, name, known)));

    const mentioned = new Set([...keys, ...used].map(({ text }) => text ?? ""));
    problems.push(
      ...ours.filter((name) => !mentioned.has(name)).map((name) => unmentioned(section, name, mentioned)),
    );
  }
  return problems;
}

function checkReference(section: ObjectSection, name: ComposeNode, known: Set<string>): Problem[] {
  const what = singular(section);
  const problems = checkName(what, name);
  const text = name.text;
  if (problems.length > 0 || text === undefined || known.has(text) || name.isTemplate) return problems;
  if (section === "networks" && text === "default") return [];
  const close = closest(text, known);
  const remedy = close
    ? `Did you mean "${close}"?`
    : `Declare it under the top-level \`${section}\`${given(section)}.`;
  return [{ where: name.where, text: `the ${what} ${show(text)} is declared in no compose file. ${remedy}` }];
}

function given(section: ObjectSection): string {
  return section === "volumes" ? "" : `, or give it to the stack as one of its \`${section}\``;
}

function unmentioned(section: ObjectSection, name: string, mentioned: Set<string>): Problem {
  const close = closest(name, mentioned);
  const remedy = close ? `Did you mean "${close}"?` : "Use it in a service, or leave it out.";
  return {
    where: `${section}[${show(name)}]`,
    text: `no compose file mentions the ${singular(section)} ${show(name)}. ${remedy}`,
  };
}

function referencesOf(service: ComposeNode): Reference[] {
  const networks = service.child("networks");
  return [
    ...(networks?.items ?? []).map((name): Reference => ({ section: "networks", name })),
    ...(networks?.entries ?? []).map(({ key }): Reference => ({ section: "networks", name: key })),
    ...(["secrets", "configs"] as const).flatMap((section) =>
      (service.child(section)?.items ?? []).flatMap((item): Reference[] => {
        const name = item.isMap ? item.child("source") : item;
        return name ? [{ section, name }] : [];
      }),
    ),
    ...(service.child("volumes")?.items ?? []).flatMap(volumeOf),
  ];
}

/** A named volume of a service. Paths and volumes without a name refer to nothing. */
function volumeOf(mount: ComposeNode): Reference[] {
  if (mount.isMap) {
    const name = mount.child("source");
    return mount.child("type")?.text === "volume" && name ? [{ section: "volumes", name }] : [];
  }
  const source = /^([^:]{2,}):/.exec(mount.text ?? "")?.[1];
  return source && /^[a-zA-Z0-9]/.test(source) && !/[\\/]/.test(source) && !mount.isTemplate
    ? [{ section: "volumes", name: mount.part(source) }]
    : [];
}
