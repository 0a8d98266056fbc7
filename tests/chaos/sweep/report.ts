import { table } from "../../../validation/table";
import type { Row } from "./sweep";

/** The rows of a sweep as a table, and the failures below it. */
export function reportOf(rows: readonly Row[]): string {
  const lines = rows.map(({ edit, point, killed, next, seconds, failure }) => [
    edit,
    point.moment,
    killed ? point.victim : "nobody: not reached",
    next,
    String(seconds),
    failure ? "FAILED" : "ok",
  ]);
  const failures = rows
    .filter(({ failure }) => failure)
    .map(({ edit, point, failure }) => `${edit}, ${point.moment}, ${point.victim}:\n${failure}`);
  return [table(["SCENARIO", "POINT", "KILLED", "THEN", "SECONDS", "RESULT"], lines), ...failures].join(
    "\n\n",
  );
}
