import { spawnSync } from "node:child_process";
import path from "node:path";
import { table } from "../validation/table";
import { command } from "../tools/setup/command";
import { reportFailure } from "../tools/setup/failure";
import { projectRoot } from "../tools/setup/paths";
import { setup } from "../tools/setup/setup";
import { phasesOf, type Phase } from "./phases";
import { BenchStack, type Measured, type Size } from "./workspace";

const USAGE = "Usage: npm run bench -- [--runs N] [MANAGERS+WORKERS ...]   (default: --runs 3 3+2 3+47)";
const DEFAULT_SIZES = ["3+2", "3+47"];
const IMAGE = "pulumi-swarm-bench-node";

interface Round {
  shell: number;
  up: Measured;
  again: Measured;
  destroy: Measured;
}

/** `npm run bench`: the shell script and `pulumi up` in turn, in one run; only their ratio travels to other machines. */
async function main(args: string[]): Promise<void> {
  const { runs, sizes } = readArguments(args);
  await setup();
  await prepareImage();
  for (const size of sizes) {
    const rounds: Round[] = [];
    for (let run = 1; run <= runs; run++) {
      rounds.push(await round(size));
      console.error(`${size.managers}+${size.workers}, run ${run} of ${runs}: ${describe(rounds[run - 1])}`);
    }
    console.log(`\n${report(size, rounds)}\n`);
  }
}

async function round(size: Size): Promise<Round> {
  const shell = await shellSeconds(size).catch((error: Error) => {
    console.error(error.message);
    return NaN;
  });
  const stack = new BenchStack(size);
  try {
    await stack.create();
    return { shell, up: await stack.up(), again: await stack.up(), destroy: await stack.destroy() };
  } catch (error) {
    // A failed round must not leave its machines to the next one, and its own error is the one to show.
    await stack.destroy().catch((second: Error) => console.error(second.message));
    throw error;
  } finally {
    stack.remove();
  }
}

async function shellSeconds({ managers, workers }: Size): Promise<number> {
  const script = path.join(projectRoot, "bench", "shell-cluster.sh");
  const seconds = await command("bash", [script, IMAGE, String(managers), String(workers)], {
    env: process.env,
  });
  return Number(seconds.trim());
}

/** Both sides start from the same image: the engine layer that a first cluster builds, with the same first process. */
async function prepareImage(): Promise<void> {
  const warmUp = new BenchStack({ managers: 1, workers: 0 });
  await warmUp.create();
  await warmUp.up();
  await warmUp.destroy();
  warmUp.remove();
  const list = [
    "images",
    "--filter",
    "label=pulumi-swarm.cache=engine",
    // A rebuilt cache image leaves its predecessor behind without a tag.
    "--filter",
    "dangling=false",
    "--format",
    "{{.Repository}}:{{.Tag}}",
  ];
  const [engine] = (await command("docker", list, { env: process.env })).trim().split("\n");
  const folder = path.join(projectRoot, "provider", "node-image");
  const build = [
    "build",
    "-q",
    "-t",
    IMAGE,
    "-f",
    path.join(folder, "node.Dockerfile"),
    "--build-arg",
    `ENGINE=${engine}`,
  ];
  await command("docker", [...build, folder], { env: process.env });
}

function report(size: Size, rounds: Round[]): string {
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

function rangeOf(values: number[]): string {
  const ended = values.filter((value) => !Number.isNaN(value));
  if (ended.length === 0) return "failed";
  const failed = ended.length < values.length ? `, ${values.length - ended.length} failed` : "";
  return `${Math.min(...ended).toFixed(2)}–${Math.max(...ended).toFixed(2)}${failed}`;
}

function describe({ shell, up, again, destroy }: Round): string {
  return (
    `shell ${shell.toFixed(1)} s, up ${up.seconds.toFixed(1)} s, again ${again.seconds.toFixed(1)} s, ` +
    `destroy ${destroy.seconds.toFixed(1)} s`
  );
}

/** Of the runs that came to an end: the shell script does not always. */
function median(values: number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return NaN;
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function readArguments(args: string[]): { runs: number; sizes: Size[] } {
  let runs = 3;
  const sizes: string[] = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--runs") runs = Number(args[++i]);
    else sizes.push(args[i]);
  }
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs takes a whole number from 1.\n${USAGE}`);
  return { runs, sizes: (sizes.length > 0 ? sizes : DEFAULT_SIZES).map(parseSize) };
}

function parseSize(text: string): Size {
  const match = /^(\d+)\+(\d+)$/.exec(text);
  if (!match) throw new Error(`"${text}" is no size such as 3+2.\n${USAGE}`);
  return { managers: Number(match[1]), workers: Number(match[2]) };
}

if (spawnSync("bash", ["--version"]).error)
  throw new Error("The baseline is a bash script, and there is no bash on PATH.");
main(process.argv.slice(2)).catch(reportFailure);
