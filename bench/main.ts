import { spawnSync } from "node:child_process";
import path from "node:path";
import { command } from "../tools/setup/run-command";
import { reportFailure } from "../tools/setup/report-failure";
import { projectRoot } from "../tools/setup/paths";
import { setup } from "../tools/setup/setup";
import { describe, report, type Round } from "./report";
import { BenchStack, type Size } from "./workspace";

const USAGE = "Usage: npm run bench -- [--runs N] [MANAGERS+WORKERS ...]   (default: --runs 3 3+2 3+47)";
const DEFAULT_SIZES = ["3+2", "3+47"];
const IMAGE = "pulumi-swarm-bench-node";

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
  const folder = path.join(projectRoot, "machines", "local", "node-image");
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
