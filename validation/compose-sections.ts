import { checkName, singular, type ObjectSection } from "./compose-names";
import type { ComposeNode } from "./compose-node";
import { checkKeys, checkMapping, unsent } from "./compose-shape";
import type { Problem } from "./problem";

/** What the top-level networks, volumes, secrets or configs declare. */
export function checkSection(section: ObjectSection, node: ComposeNode | undefined): Problem[] {
  if (!node) return [];
  const what = singular(section);
  const remedy = `Use a ${what === "secret" ? "Secret" : "Config"} of this library and declare \`external: true\` here.`;
  return [
    ...checkMapping(node, `${section} by their names`),
    ...node.entries.flatMap(({ key, value }) => {
      const file = value.child("file");
      return [
        ...checkName(what, key),
        ...checkSettings(section, value),
        ...checkKeys(section, value),
        ...(file ? [unsent(file, "file", remedy)] : []),
      ];
    }),
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
      text: `the ${what} has no settings. Write \`external: true\` below it, and give it to the stack.`,
    },
  ];
}
