import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { table } from "../../validation/table";
import { command } from "../../tools/setup/run-command";
import { toolsEnvironment } from "../../tools/setup/environment";
import { reportFailure } from "../../tools/setup/report-failure";
import { cacheFolder, projectRoot } from "../../tools/setup/paths";
import { setup } from "../../tools/setup/setup";
import { median, rangeOf } from "../statistics";

const FOLDER = path.join(projectRoot, "bench", "ssh");
const RUNS = 3;
const FORKS = "20";

/** Seconds of a first run and of one with nothing to do. */
interface Pair {
  first: number;
  again: number;
}

interface Size {
  managers: string;
  workers: string;
}

/** `npm run bench:ssh`: Ansible and `pulumi up` in turn on fresh machines of the same kind, reached over SSH. */
async function main(args: string[]): Promise<void> {
  const sizes = (args.length > 0 ? args : ["3+2", "3+17"]).map(parseSize);
  await setup();
  const ansible = await ansiblePlaybook();
  for (const size of sizes) {
    const rounds: { ansible: Pair; pulumi: Pair }[] = [];
    for (let run = 1; run <= RUNS; run++) {
      const round = {
        ansible: await onFreshHosts(size, (folder) => withAnsible(ansible, folder)),
        pulumi: await onFreshHosts(size, withPulumi),
      };
      rounds.push(round);
      console.error(`${size.managers}+${size.workers}, run ${run} of ${RUNS}: ${JSON.stringify(round)}`);
    }
    console.log(`\n${report(size, rounds)}\n`);
  }
}

/** The machines are new for each side, so neither finds what the other left. */
async function onFreshHosts(size: Size, measure: (folder: string) => Promise<Pair>): Promise<Pair> {
  const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-bench-ssh-"));
  try {
    await hosts("start", size.managers, size.workers, folder);
    return await measure(folder);
  } finally {
    await hosts("stop");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withAnsible(playbook: string, folder: string): Promise<Pair> {
  const args = ["--inventory", path.join(folder, "hosts.ini"), path.join(FOLDER, "site.yml")];
  const env = {
    ...process.env,
    ANSIBLE_FORKS: FORKS,
    ANSIBLE_HOST_KEY_CHECKING: "False",
    // Its connections stay open behind its back, and would be those to the machines of the run before.
    ANSIBLE_SSH_CONTROL_PATH_DIR: path.join(folder, "control"),
  };
  const run = () => seconds(() => command(playbook, args, { env, cwd: folder }));
  return { first: await run(), again: await run() };
}

async function withPulumi(folder: string): Promise<Pair> {
  const env = toolsEnvironment(projectRoot, {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "bench",
    BENCH_INVENTORY: path.join(folder, "hosts.yml"),
  });
  const configFile = path.join(folder, "Pulumi.bench.yaml");
  writeFileSync(configFile, "{}");
  const pulumi = (...args: string[]) =>
    command("pulumi", [...args, "--non-interactive"], { cwd: FOLDER, env });
  await pulumi("stack", "init", "bench", "--no-select");
  rmSync(path.join(FOLDER, "Pulumi.bench.yaml"), { force: true });
  const up = () =>
    seconds(() => pulumi("up", "--yes", "--skip-preview", "--config-file", configFile, "--stack", "bench"));
  return { first: await up(), again: await up() };
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = Date.now();
  await work();
  return (Date.now() - started) / 1000;
}

function hosts(...args: string[]): Promise<string> {
  return command("bash", [path.join(FOLDER, "hosts.sh"), ...args], { env: process.env });
}

/** Ansible with its Docker collection, in a virtual environment of the cache; made at its first use. */
async function ansiblePlaybook(): Promise<string> {
  const folder = path.join(cacheFolder(process.env), "ansible");
  const playbook = path.join(folder, "bin", "ansible-playbook");
  if (!existsSync(playbook)) {
    console.error("installing Ansible (half a gigabyte) …");
    await command("python3", ["-m", "venv", folder], { env: process.env });
    await command(path.join(folder, "bin", "pip"), ["install", "--quiet", "ansible"], { env: process.env });
  }
  return playbook;
}

function report({ managers, workers }: Size, rounds: { ansible: Pair; pulumi: Pair }[]): string {
  const row = (name: string, values: number[], unit = "s") => [
    name,
    `${median(values).toFixed(2)} ${unit}`,
    rangeOf(values),
  ];
  const rows = (["first", "again"] as const).flatMap((which) => {
    const title = which === "first" ? "first run" : "nothing to do";
    return [
      row(
        `Ansible, ${title}`,
        rounds.map(({ ansible }) => ansible[which]),
      ),
      row(
        `pulumi up, ${title}`,
        rounds.map(({ pulumi }) => pulumi[which]),
      ),
      row(
        `ratio, ${title}`,
        rounds.map(({ ansible, pulumi }) => pulumi[which] / ansible[which]),
        "×",
      ),
    ];
  });
  return table(
    [`${managers} managers + ${workers} workers over SSH, ${rounds.length} runs`, "MEDIAN", "RANGE"],
    rows,
  );
}

function parseSize(text: string): Size {
  const [, managers, workers] = /^(\d+)\+(\d+)$/.exec(text) ?? [];
  if (!managers) throw new Error(`"${text}" is no size such as 3+2. Usage: npm run bench:ssh -- 3+2 3+17`);
  return { managers, workers };
}

main(process.argv.slice(2)).catch(reportFailure);
