import type { PreflightReport } from "../../schema/preflight";
import { formatDuration } from "../../validation/duration";
import { clockRows } from "./clocks";
import type { Judgement } from "./judgement";
import { describeMs } from "./units";

/** A clock that is surely further from the median than that is a problem: certificates and logs depend on it. */
export function judgeClocks(report: PreflightReport, maxOffsetMs: number): Judgement {
  const problems = clockRows(report)
    .filter(({ offsetMs, uncertaintyMs }) => Math.abs(offsetMs) - uncertaintyMs > maxOffsetMs)
    .map(({ host, offsetMs }) => ({
      where: host,
      text:
        `its clock is ${describeMs(Math.abs(offsetMs))} ${offsetMs < 0 ? "behind" : "ahead of"} the median of all; ` +
        `at most ${formatDuration(maxOffsetMs)} are allowed (maxOffset). Run a time service there, chrony or ` +
        "systemd-timesyncd, and wait until it has set the clock.",
    }));
  return { problems, warnings: [] };
}
