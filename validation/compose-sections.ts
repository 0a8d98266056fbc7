import { checkName, singular, type ObjectSection } from "./compose-names";
import type { ComposeNode } from "./compose-node";
import { checkMapping } from "./compose-shape";
import type { Problem } from "./problem";

/** What the top-level networks, volumes, secrets or configs declare. */
export function checkSection(section: ObjectSection, node: ComposeNode | undefined): Problem[] {
  if (!node) return [];
  const what = singular(section);
  return [
    ...checkMapping(node, `${section} by their names`),
    ...node.entries.flatMap(({ key, value }) => [...checkName(what, key), ...checkSettings(section, value)]),
  ];
}

/** Docker takes a network or volume without any setting, but no secret or config. */
function checkSettings(section: ObjectSection, value: ComposeNode): Problem[] {
  const what = singular(section);
  if (!value.isNothing || section === "networks" || section === "volumes")
    return checkMapping(value, `settings of the ${what}`);
  return [
    {
      where: value.where,
      text: `the ${what} has no settings. Write \`file:\` with its path below it, or \`external: true\` and give it to the stack.`,
    },
  ];
}
