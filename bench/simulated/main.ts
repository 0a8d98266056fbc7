import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { utils } from "ssh2";
import { command } from "../../tools/setup/run-command";
import { toolsEnvironment } from "../../tools/setup/environment";
import { reportFailure } from "../../tools/setup/report-failure";
import { projectRoot } from "../../tools/setup/paths";
import { setup } from "../../tools/setup/setup";
import { table } from "../../validation/table";

const FOLDER = path.join(projectRoot, "bench", "simulated");

/** What a cluster of so many hosts costs the CLI, the program and the state. */
interface Cost {
  hosts: number;
  login: Login;
  /** Seconds of the first `up`, and of one with nothing to do. */
  first: number;
  again: number;
  /** Bytes of the state file. */
  state: number;
}

type Login = "agent" | "private key";

/** `npm run bench:simulated -- [HOSTS ...]`: a cluster on hosts over SSH that are not there, by the SSH agent and by a private key. */
async function main(args: string[]): Promise<void> {
  const sizes = args.length > 0 ? args.map(Number) : [50, 100];
  if (!sizes.every((size) => size > 3))
    throw new Error(
      `"${args.join(" ")}": numbers of hosts above 3. Usage: npm run bench:simulated -- 50 100`,
    );
  await setup();
  const costs: Cost[] = [];
  for (const hosts of sizes)
    for (const login of ["agent", "private key"] as const) costs.push(await costOf(hosts, login));
  const rows = costs.map(({ hosts, login, first, again, state }) => [
    `${hosts}`,
    login,
    `${first.toFixed(1)} s`,
    `${again.toFixed(1)} s`,
    `${(state / 1024).toFixed(0)} KiB`,
    `${(state / 1024 / hosts).toFixed(1)} KiB`,
  ]);
  console.log(`\n${table(["HOSTS", "LOGIN", "FIRST UP", "NOTHING TO DO", "STATE", "A HOST"], rows)}\n`);
}

async function costOf(hosts: number, login: Login): Promise<Cost> {
  const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-bench-simulated-"));
  try {
    const env = toolsEnvironment(projectRoot, {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "bench",
      BENCH_HOSTS: String(hosts),
      BENCH_PRIVATE_KEY: login === "agent" ? "" : utils.generateKeyPairSync("rsa", { bits: 3072 }).private,
      SSH_AUTH_SOCK: path.join(folder, "agent.sock"),
      BENCH_HOST_KEY: utils.generateKeyPairSync("ecdsa", { bits: 256 }).public,
    });
    const configFile = path.join(folder, "Pulumi.bench.yaml");
    writeFileSync(configFile, "{}");
    const pulumi = (...args: string[]) =>
      command("pulumi", [...args, "--non-interactive"], { cwd: FOLDER, env });
    await pulumi("stack", "init", "bench", "--no-select");
    rmSync(path.join(FOLDER, "Pulumi.bench.yaml"), { force: true });
    const up = async () => {
      const started = Date.now();
      await pulumi("up", "--yes", "--skip-preview", "--config-file", configFile, "--stack", "bench");
      return (Date.now() - started) / 1000;
    };
    return { hosts, login, first: await up(), again: await up(), state: sizeOfState(folder) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of the stack itself: checkpoints of before and histories lie beside it. */
function sizeOfState(folder: string): number {
  const stacks = path.join(folder, ".pulumi", "stacks");
  const [file] = readdirSync(stacks, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith("bench.json"),
  );
  return statSync(path.join(stacks, file)).size;
}

main(process.argv.slice(2)).catch(reportFailure);
