const WIDTH = 110;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** TypeScript that stands in a literal as it is. */
export class Code {
  constructor(readonly text: string) {}
}

/**
 * A value as TypeScript: on one line where it fits, else a line for each entry. What is undefined is left out.
 * @param beside - characters that its first line has already
 */
export function literal(value: unknown, indent = "", beside = 0): string {
  if (value instanceof Code) return value.text;
  if (typeof value === "string") return textLiteral(value);
  if (value === null || typeof value !== "object") return String(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  const parts = entries.map(([key, one]) => {
    const text = literal(one, inner);
    if (isList) return text;
    return text === key ? key : `${IDENTIFIER.test(key) ? key : JSON.stringify(key)}: ${text}`;
  });
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  if (parts.length === 0) return open + close;
  const line = isList ? `[${parts.join(", ")}]` : `{ ${parts.join(", ")} }`;
  if (!line.includes("\n") && indent.length + beside + line.length <= WIDTH) return line;
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join("")}${indent}${close}`;
}

/** A text of several lines is one in the program as well. */
function textLiteral(text: string): string {
  if (!text.slice(0, -1).includes("\n") || /[^\n\t\x20-\x7e\xa0-\uffff]/.test(text))
    return JSON.stringify(text);
  return `\`${text.replace(/[\\`]|\$(?=\{)/g, "\\$&")}\``;
}

/** Text as comment lines. */
export function comment(text: string): string {
  return text
    .split("\n")
    .map((line) => `// ${line}`.trimEnd())
    .join("\n");
}
