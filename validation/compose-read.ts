import { LineCounter, parseDocument } from "yaml";
import type { ComposeFile } from "../schema/stack";
import { ComposeNode } from "./compose-node";
import type { Problem } from "./problem";

/** Reads one file. What is not one YAML document with a mapping at its top is a problem. */
export function readCompose({ name: file, content }: ComposeFile): {
  root?: ComposeNode;
  problems: Problem[];
} {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ code, message, pos }) => {
      const { line, col } = lines.linePos(pos[0]);
      const text =
        code === "MULTIPLE_DOCS"
          ? "a second document starts here, which Docker would not read. Put it in a file of its own."
          : `is not YAML: ${lowerFirst(message)}. Correct the text at this place.`;
      return { where: `${file}:${line}:${col}`, text };
    });
    return { problems };
  }
  const root = new ComposeNode({ file, document, lines }, "", document.contents);
  if (root.isNothing)
    return { problems: [{ where: file, text: "is empty. Write at least `services:` with one service." }] };
  if (root.isMap) return { root, problems: [] };
  return {
    problems: [
      { where: root.where, text: "has no mapping at its top level. Start the file with `services:`." },
    ],
  };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
