import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startSwarm, type TestSwarm } from "../../testing/testing";
import { command } from "../../tools/setup/run-command";
import { toolsEnvironment } from "../../tools/setup/environment";
import { reportFailure } from "../../tools/setup/report-failure";
import { projectRoot } from "../../tools/setup/paths";
import { setup } from "../../tools/setup/setup";
import { table } from "../../validation/table";
import { median, rangeOf } from "../statistics";
import { composeOf, IMAGE, withoutSecrets } from "./compose";

const FOLDER = path.join(projectRoot, "bench", "stacks");
const NAME = "bench";
const SERVICES = 30;
const RUNS = 3;

interface Round {
  shell: number;
  up: number;
  again: number;
  rotation: number;
  /** Services that the rotation of a secret has changed. */
  touched: string[];
  destroy: number;
}

/** `npm run bench:stacks`: `docker stack deploy` with a bare wait loop, and `pulumi up`, in turn on one swarm of 3+2. */
async function main([runs = String(RUNS)]: string[]): Promise<void> {
  await setup();
  await command("docker", ["build", "--quiet", "--tag", IMAGE, FOLDER], { env: process.env });
  const swarm = await startSwarm({ managers: 3, workers: 2, images: [IMAGE] });
  try {
    const rounds: Round[] = [];
    for (let run = 1; run <= Number(runs); run++) {
      rounds.push({ shell: await shellSeconds(swarm), ...(await withPulumi(swarm)) });
      console.error(`run ${run} of ${runs}: ${JSON.stringify(rounds[run - 1])}`);
    }
    console.log(`\n${report(rounds)}\n`);
  } finally {
    await swarm.stop();
  }
}

/** Seconds of a deploy until as many tasks run as are wanted, which says nothing of whether they stay. */
async function shellSeconds(swarm: TestSwarm): Promise<number> {
  const file = path.join(tmpdir(), `pulumi-swarm-bench-${process.pid}.json`);
  writeFileSync(file, JSON.stringify(withoutSecrets(composeOf(SERVICES))));
  const env = { ...process.env, DOCKER_HOST: swarm.dockerHost };
  const script = (name: string) => command("bash", [path.join(FOLDER, name), NAME, file], { env });
  try {
    return await seconds(() => script("deploy.sh"));
  } finally {
    await script("remove.sh");
    rmSync(file, { force: true });
  }
}

async function withPulumi(swarm: TestSwarm): Promise<Omit<Round, "shell">> {
  const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-bench-stacks-"));
  const settings = path.join(folder, "settings.json");
  const configFile = path.join(folder, "Pulumi.bench.yaml");
  const env = toolsEnvironment(projectRoot, {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "bench",
    BENCH_STACKS: settings,
  });
  const pulumi = (...args: string[]) =>
    command("pulumi", [...args, "--non-interactive"], { cwd: FOLDER, env });
  const timed = (operation: string) =>
    seconds(() =>
      pulumi(operation, "--yes", "--skip-preview", "--config-file", configFile, "--stack", "bench"),
    );
  const withToken = (token: string) => {
    const { dockerHost } = swarm;
    writeFileSync(settings, JSON.stringify({ dockerHost, token, compose: composeOf(SERVICES) }));
  };
  writeFileSync(configFile, "{}");
  withToken("one");
  await pulumi("stack", "init", "bench", "--no-select");
  rmSync(path.join(FOLDER, "Pulumi.bench.yaml"), { force: true });
  try {
    const up = await timed("up");
    const again = await timed("up");
    const before = await versionsOf(swarm);
    withToken("two");
    const rotation = await timed("up");
    const after = await versionsOf(swarm);
    const touched = [...after].filter(([name, version]) => before.get(name) !== version);
    return { up, again, rotation, touched: touched.map(([name]) => name), destroy: await timed("destroy") };
  } finally {
    await pulumi("destroy", "--yes", "--skip-preview", "--config-file", configFile, "--stack", "bench");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Name of each task's container → when it was made: a service that was touched has others. */
async function versionsOf(swarm: TestSwarm): Promise<Map<string, string>> {
  const format = "{{.Name}} {{.ID}}";
  const tasks = await swarm.docker(
    "stack",
    "ps",
    NAME,
    "--filter",
    "desired-state=running",
    "--format",
    format,
  );
  const services = new Map<string, string[]>();
  for (const row of tasks.split("\n").filter(Boolean)) {
    const [name, id] = row.split(" ");
    const service = name.replace(/\.\d+$/, "");
    services.set(service, [...(services.get(service) ?? []), id].sort());
  }
  return new Map([...services].map(([name, ids]) => [name, ids.join(" ")]));
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = Date.now();
  await work();
  return (Date.now() - started) / 1000;
}

function report(rounds: Round[]): string {
  const row = (name: string, pick: (round: Round) => number, unit = "s") => {
    const values = rounds.map(pick);
    return [name, `${median(values).toFixed(2)} ${unit}`, rangeOf(values)];
  };
  const rows = [
    row("docker stack deploy, wait loop", ({ shell }) => shell),
    row("pulumi up", ({ up }) => up),
    row("ratio up / shell", ({ up, shell }) => up / shell, "×"),
    row("up with nothing to do", ({ again }) => again),
    row("a secret of three rotated", ({ rotation }) => rotation),
    row("services touched by that", ({ touched }) => touched.length, "services"),
    row("destroy", ({ destroy }) => destroy),
  ];
  return table([`${SERVICES} services × 2 on 3+2, ${rounds.length} runs`, "MEDIAN", "RANGE"], rows);
}

main(process.argv.slice(2)).catch(reportFailure);
