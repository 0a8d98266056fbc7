import type { Span } from "../provider/rpc/profile";
import type { Measured } from "./workspace";

/** The parts of an `up`, in their order. */
const PHASES: readonly [string, (span: Span) => boolean][] = [
  ["network, image", ({ type }) => /LocalNetwork|NodeImage/.test(type)],
  ["machines, engines", ({ type }) => /LocalNode/.test(type)],
  ["init", ({ type }) => /:Swarm$/.test(type)],
  ["joins", ({ type }) => /SwarmNode/.test(type)],
  ["active", ({ type }) => /NodeSpecs/.test(type)],
];

export interface Phase {
  name: string;
  seconds: number;
}

/**
 * Where the time of an `up` goes: from the first start to the last end of each part's operations, and what is left
 * before and after them: the CLI, the language host, the program, the engine's checkpoints. Parts may overlap.
 */
export function phasesOf({ spans, started, seconds }: Measured): Phase[] {
  const work = spans.filter(({ operation }) => operation === "create");
  if (work.length === 0) return [];
  const first = Math.min(...work.map(({ start }) => start));
  const last = Math.max(...work.map(({ end }) => end));
  const parts = PHASES.map(([name, belongs]) => ({ name, seconds: lengthOf(work.filter(belongs)) }));
  return [
    { name: "CLI, program start", seconds: (first - started) / 1000 },
    ...parts,
    { name: "CLI end", seconds: seconds - (last - started) / 1000 },
  ];
}

function lengthOf(spans: Span[]): number {
  if (spans.length === 0) return 0;
  return (Math.max(...spans.map(({ end }) => end)) - Math.min(...spans.map(({ start }) => start))) / 1000;
}
