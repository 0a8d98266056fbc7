import type { StackDefinition } from "../../schema/stack";
import { changesIn, type ValueChange } from "../../foundation/changes";

/** A value longer than this is not repeated. */
const LONGEST = 60;

/** What changes of a stack, a line for each service, network or other part: "web: image shop:1 → shop:2; replicas 2 → 3". */
export function describeChanges(old: StackDefinition, now: StackDefinition): string[] {
  const sections = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return sections.flatMap((section) => {
    const [before, after] = [old[section] ?? {}, now[section] ?? {}];
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => {
      const changes = changesIn(before[name], after[name]);
      if (changes.length === 0) return [];
      const who = section === "services" ? name : `${section.replace(/s$/, "")} ${name}`;
      return [`${who}: ${whole(before[name], after[name]) ?? changes.map(describe).join("; ")}`];
    });
  });
}

/** A part that comes or goes as a whole. */
function whole(before: unknown, after: unknown): string | undefined {
  if (after === undefined) return "removed";
  if (before !== undefined) return undefined;
  const { image } = after as { image?: string };
  return image ? `new, ${image}` : "new";
}

function describe({ path, old, now }: ValueChange): string {
  const what = path.join(" ");
  if (Array.isArray(old) || Array.isArray(now)) return `${what} ${inList(listOf(old), listOf(now))}`.trim();
  if (old === undefined) return `${what} + ${text(now)}`.trim();
  if (now === undefined) return `${what} - ${text(old)}`.trim();
  return `${what} ${text(old)} → ${text(now)}`.trim();
}

function inList(old: string[], now: string[]): string {
  const gone = old.filter((item) => !now.includes(item)).map((item) => `- ${item}`);
  const come = now.filter((item) => !old.includes(item)).map((item) => `+ ${item}`);
  const both = [...gone, ...come];
  return both.length > 0 ? both.join(", ") : `in another order: ${now.join(", ")}`;
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : value === undefined ? [] : [text(value)];
}

function text(value: unknown): string {
  const given = typeof value === "string" ? value : JSON.stringify(value);
  return given.length > LONGEST ? `${given.slice(0, LONGEST)} …` : given;
}
