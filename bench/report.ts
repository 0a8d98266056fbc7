import { table } from "../validation/table";
import { phasesOf, type Phase } from "./phases";
import { median, rangeOf } from "./statistics";
import type { Measured, Size } from "./workspace";

/** The shell script and the project's commands once, in this order. */
export interface Round {
  /** Seconds; NaN where the script did not come to its end. */
  shell: number;
  up: Measured;
  again: Measured;
  destroy: Measured;
}

/** The medians of all rounds of one size, and where the time of an `up` went. */
export function report(size: Size, rounds: Round[]): string {
  const seconds = (pick: (round: Round) => number) => rounds.map(pick);
  const row = (name: string, values: number[], unit = "s") => [
    name,
    `${median(values).toFixed(2)} ${unit}`,
    rangeOf(values),
  ];
  const ratios = rounds.map(({ shell, up }) => up.seconds / shell);
  const rows = [
    row(
      "shell script",
      seconds(({ shell }) => shell),
    ),
    row(
      "pulumi up",
      seconds(({ up }) => up.seconds),
    ),
    row("ratio up / shell", ratios, "×"),
    row(
      "up with nothing to do",
      seconds(({ again }) => again.seconds),
    ),
    row(
      "destroy",
      seconds(({ destroy }) => destroy.seconds),
    ),
    row(
      "provider's memory",
      seconds(({ up }) => up.providerMib),
      "MiB",
    ),
  ];
  const phases = rounds.map(({ up }) => phasesOf(up));
  const parts = phases[0].map(({ name }, index) =>
    row(
      name,
      phases.map((round_: Phase[]) => round_[index].seconds),
    ),
  );
  const title = `${size.managers} managers + ${size.workers} workers, ${rounds.length} runs`;
  return [
    table([title, "MEDIAN", "RANGE"], rows),
    table(["where an `up` goes", "MEDIAN", "RANGE"], parts),
  ].join("\n\n");
}

/** One round on one line, for those who wait. */
export function describe({ shell, up, again, destroy }: Round): string {
  return (
    `shell ${shell.toFixed(1)} s, up ${up.seconds.toFixed(1)} s, again ${again.seconds.toFixed(1)} s, ` +
    `destroy ${destroy.seconds.toFixed(1)} s`
  );
}
