import type { ComposeNode } from "./compose-node";
import { show, type Problem } from "./problem";

/** What a compose file declares and a service refers to. */
export type ObjectSection = "networks" | "volumes" | "secrets" | "configs";

export const OBJECT_SECTIONS: readonly ObjectSection[] = ["networks", "volumes", "secrets", "configs"];

/** What plain scalars mean in YAML 1.1, which Docker's parser reads: `n` is no text there. */
const BOOLEAN = /^(?:y|yes|true|on|(n|no|false|off))$/i;
const NUMBER =
  /^[-+]?(?:0x[\da-f_]+|0b[01_]+|0o[0-7_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?|\.\d[\d_]*|\.inf|\.nan)$/i;
const NOTHING = /^(?:~|null)?$/i;

const NAME = /^[a-zA-Z0-9._-]+$/;
/** The engine takes a service's name as a part of DNS names, so no dots; the stack's name goes before it. */
const SERVICE_NAME = /^[a-zA-Z0-9_-]*[a-zA-Z0-9]$/;

/** Rules for a name where it is given or referred to. */
export function checkName(what: string, name: ComposeNode): Problem[] {
  const text = name.text;
  const problem = (sentence: string) => [{ where: name.where, text: sentence }];
  if (text === undefined)
    return problem(`the name of a ${what} must be a text, not a mapping or a list. Write the name alone.`);
  const meaning = name.isPlain ? meaningOfPlain(text) : undefined;
  if (meaning) {
    return problem(
      `\`${text}\` without quotes is ${meaning} and not the name of a ${what}: compose files are YAML 1.1. ` +
        `Write it in quotes, "${text}", everywhere it is used.`,
    );
  }
  if (name.isTemplate) return [];
  if (what === "service" && NAME.test(text) && !SERVICE_NAME.test(text)) {
    return problem(
      `${show(text)} is not a name of a service: swarm makes it a host name, so no dots, and a letter or digit at its end. Rename it.`,
    );
  }
  if (NAME.test(text)) return [];
  return problem(
    `${show(text)} is not a name of a ${what}: letters, digits, dots, hyphens and underscores only. Rename it.`,
  );
}

/** Docker refuses a file with such a key anywhere in it, be it of an environment or a label. */
export function checkKeyIsText(key: ComposeNode): Problem[] {
  const text = key.text ?? "";
  const meaning = key.isPlain ? meaningOfPlain(text) : undefined;
  if (!meaning) return [];
  return [
    {
      where: key.where,
      text: `\`${text}\` without quotes is ${meaning} and no key: compose files are YAML 1.1. Write it in quotes, "${text}".`,
    },
  ];
}

function meaningOfPlain(text: string): string | undefined {
  const boolean = BOOLEAN.exec(text);
  if (boolean) return `the boolean ${boolean[1] === undefined ? "true" : "false"}`;
  if (NUMBER.test(text)) return "a number";
  return NOTHING.test(text) ? "null" : undefined;
}

/** "secret" for "secrets". */
export function singular(section: ObjectSection): string {
  return section.slice(0, -1);
}
