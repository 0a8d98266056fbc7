import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { toolsEnvironment } from "../tools/setup/environment";
import { command } from "../tools/setup/run-command";
import { projectRoot } from "../tools/setup/paths";
import type { Memory, Span } from "../provider/rpc/profile";

const STACK = "bench";

export interface Size {
  managers: number;
  workers: number;
}

/** One measured call of the Pulumi CLI. */
export interface Measured {
  seconds: number;
  spans: Span[];
  /** Largest memory of the provider. */
  providerMib: number;
  /** When the CLI was started, in milliseconds since the epoch. */
  started: number;
}

/** A Pulumi stack of this project with state and configuration of its own, gone with `remove`. */
export class BenchStack {
  private readonly folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-bench-"));
  private readonly profile = path.join(this.folder, "profile");
  private readonly configFile = path.join(this.folder, "Pulumi.bench.yaml");
  private readonly env: NodeJS.ProcessEnv;

  constructor(readonly size: Size) {
    this.env = {
      ...toolsEnvironment(projectRoot, {
        ...process.env,
        PULUMI_BACKEND_URL: `file://${this.folder}`,
        PULUMI_CONFIG_PASSPHRASE: "bench",
      }),
      PULUMI_SWARM_PROFILE: this.profile,
    };
    const workers = size.workers > 0 ? [{ name: "app", count: size.workers, labels: { tier: "app" } }] : [];
    const config = {
      "pulumi-swarm:cluster": `bench-${process.pid}`,
      "pulumi-swarm:managers": String(size.managers),
      "pulumi-swarm:workers": workers,
    };
    writeFileSync(this.configFile, stringify({ config }));
  }

  async create(): Promise<void> {
    // `stack init` writes a settings file beside Pulumi.yaml, which has no place in the project's folder.
    writeFileSync(
      path.join(this.folder, "Pulumi.yaml"),
      stringify({ name: "pulumi-swarm", runtime: "nodejs" }),
    );
    await this.pulumi(["stack", "init", STACK], this.folder);
  }

  up(): Promise<Measured> {
    return this.measure(["up", "--yes", "--skip-preview"]);
  }

  destroy(): Promise<Measured> {
    return this.measure(["destroy", "--yes", "--skip-preview"]);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async measure(args: string[]): Promise<Measured> {
    writeFileSync(this.profile, "");
    const started = Date.now();
    await this.pulumi([...args, "--config-file", this.configFile, "--stack", STACK]);
    const seconds = (Date.now() - started) / 1000;
    const lines = readFileSync(this.profile, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Span | Memory);
    const memory = lines.filter((line) => "maxRssKib" in line);
    return {
      seconds,
      started,
      spans: lines.filter((line) => "operation" in line),
      providerMib: Math.max(0, ...memory.map(({ maxRssKib }) => maxRssKib)) / 1024,
    };
  }

  private async pulumi(args: string[], cwd = projectRoot): Promise<void> {
    await command("pulumi", [...args, "--non-interactive"], { cwd, env: this.env });
  }
}
