import type { PreflightReport } from "../../schema/preflight";
import { describeProblems } from "../../validation/problem";
import { table } from "../../validation/table";
import { clockRows } from "./clocks";
import type { Judgement } from "./judgement";
import { renderMatrix } from "./matrix";
import { describeMs } from "./units";

/** The whole of it as a person reads it: the matrix, the machines, what to know, what to mend. */
export function renderPreflight(report: PreflightReport, { problems, warnings }: Judgement): string {
  return [
    renderMatrix(report),
    renderHosts(report),
    ...(warnings.length > 0 ? [`Warnings:\n${describeProblems(warnings)}`] : []),
    problems.length > 0 ? `Problems:\n${describeProblems(problems)}` : "No problems.",
  ].join("\n\n");
}

function renderHosts(report: PreflightReport): string {
  const clocks = new Map(clockRows(report).map((row) => [row.host, row]));
  const rows = report.hosts.map(({ name, address, engine }) => {
    const links = report.links.filter(({ from }) => from === name);
    const clock = clocks.get(name);
    return [
      name,
      address,
      engine?.version ?? "?",
      clock ? `${describeMs(clock.offsetMs)} (± ${describeMs(clock.uncertaintyMs)})` : "?",
      largest(
        links.map(({ rttMs }) => rttMs),
        describeMs,
      ),
      least(links.map(({ interfaceMtu }) => interfaceMtu)),
      least(links.map(({ pathMtu }) => pathMtu)),
    ];
  });
  return table(["NODE", "ADDRESS", "ENGINE", "CLOCK", "LONGEST ROUND TRIP", "MTU", "LEAST PATH MTU"], rows);
}

function largest(values: readonly (number | undefined)[], shown: (value: number) => string): string {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? shown(Math.max(...known)) : "?";
}

function least(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? String(Math.min(...known)) : "?";
}
