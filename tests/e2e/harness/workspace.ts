import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { projectRoot } from "../../../tools/setup/paths";
import { fileBackendUrl } from "../../../tools/setup/state";
import { changesOf, eventsIn, type Step } from "./events";
import { keepEvidenceOf } from "./evidence";
import { leftovers, removeLeftovers, type Leftovers } from "./leftovers";
import { expectSuccess, run, start, type Ended, type Running } from "./run";
import type { StateResource } from "./state-resource";
import { testEnvironment } from "./tools";

/** Values of the project's configuration, without the project's prefix. */
export type Settings = Record<string, unknown>;

/** An `up`, `refresh` or `destroy` that has ended. */
export interface Update extends Ended {
  /** Everything it printed. */
  text: string;
  /** What was done to which resource, without those that stayed the same: "SwarmNode app-1" → "update". */
  changes: Record<string, string>;
  /** File of the events that the CLI wrote. */
  eventLog: string;
}

const PREFIX = "pulumi-swarm:";
const QUIET = ["--non-interactive", "--color", "never"];

/**
 * A Pulumi stack of this checkout's program that shares nothing with others: own state, passphrase, configuration
 * file, stack and cluster name. `remove` takes all of it away, whatever happened before.
 *
 * @example
 * let workspace: Workspace;
 * beforeAll(async () => void (workspace = await Workspace.create({ managers: 1 })));
 * afterAll(() => workspace?.remove());
 */
export class Workspace {
  readonly folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-e2e-"));
  readonly passphrase = randomBytes(18).toString("base64url");
  readonly stack: string;
  readonly cluster: string;
  readonly configFile = path.join(this.folder, "config.yaml");
  env: NodeJS.ProcessEnv = {};
  /** Everything that every command of this workspace printed. */
  printed = "";
  /** Milliseconds until a command that hangs is killed and its test fails. */
  timeoutMs = 300_000;
  private runs = 0;

  /** @param twin - the workspace whose names it has as well */
  private constructor(private readonly twin?: Workspace) {
    const suffix = randomBytes(3).toString("hex");
    this.stack = twin?.stack ?? `test-${suffix}`;
    this.cluster = twin?.cluster ?? `e2e-${suffix}`;
    keepEvidenceOf(this.cluster);
  }

  /** @param settings - configuration of the project, beside the cluster's name. */
  static async create(settings: Settings = {}): Promise<Workspace> {
    const workspace = new Workspace();
    try {
      await workspace.initialise(settings);
    } catch (error) {
      rmSync(workspace.folder, { recursive: true, force: true });
      throw error;
    }
    return workspace;
  }

  /** What another checkout of the same program is: the same configuration and names, and a state of its own. */
  static async twinOf(twin: Workspace): Promise<Workspace> {
    const workspace = new Workspace(twin);
    await workspace.initialise({});
    // Not the whole file: the salt of the passphrase is in it as well.
    const { config } = parse(readFileSync(twin.configFile, "utf8")) as { config: Settings };
    const settings = Object.entries(config).map(([key, value]) => [key.slice(PREFIX.length), value]);
    workspace.configure(Object.fromEntries(settings) as Settings);
    return workspace;
  }

  /** Changes the configuration; `undefined` takes a key out. */
  configure(settings: Settings): void {
    const file = parse(readFileSync(this.configFile, "utf8")) as { config: Settings };
    for (const [key, value] of Object.entries(settings)) {
      if (value === undefined) delete file.config[PREFIX + key];
      else file.config[PREFIX + key] = value;
    }
    writeFileSync(this.configFile, stringify(file));
  }

  /** Sets a key, or with `--path` a value inside of one, as `pulumi config set --secret` does: encrypted in the file. */
  async configureSecret(key: string, value: string, ...options: string[]): Promise<void> {
    const args = [
      "config",
      "set",
      "--secret",
      ...options,
      key,
      "--stack",
      this.stack,
      "--config-file",
      this.configFile,
    ];
    expectSuccess(await this.pulumi(args, value));
  }

  /** `pulumi up` without preview; fails the test when it fails. */
  async up(...args: string[]): Promise<Update> {
    return expectSuccess(await this.tryUp(...args));
  }

  tryUp(...args: string[]): Promise<Update> {
    return this.update("up", ["--skip-preview", ...args]);
  }

  async refresh(...args: string[]): Promise<Update> {
    return expectSuccess(await this.tryRefresh("--skip-preview", ...args));
  }

  tryRefresh(...args: string[]): Promise<Update> {
    return this.update("refresh", args);
  }

  async destroy(...args: string[]): Promise<Update> {
    return expectSuccess(await this.tryDestroy(...args));
  }

  tryDestroy(...args: string[]): Promise<Update> {
    return this.update("destroy", ["--skip-preview", ...args]);
  }

  /** `pulumi preview`: what an `up` would do to which resource. */
  async preview(...args: string[]): Promise<Record<string, string>> {
    const { stdout } = expectSuccess(await this.tryPreview("--json", ...args));
    return changesOf((JSON.parse(stdout) as { steps: Step[] }).steps, this.cluster);
  }

  tryPreview(...args: string[]): Promise<Ended> {
    return this.pulumi(["preview", ...this.common(), ...args]);
  }

  /** Begins an `up` that the test means to interrupt. */
  startUp(...args: string[]): Running {
    return this.start("up", ...args);
  }

  /** Begins an `up` or a `destroy`. */
  start(command: "up" | "destroy", ...args: string[]): Running {
    const whole = [command, "--yes", "--skip-preview", ...this.common(), ...QUIET, ...args];
    const running = start("pulumi", whole, this.where());
    running.ended.then(
      (ended) => this.note(ended),
      () => undefined,
    );
    return running;
  }

  /** Removes the lock of an interrupted update, as Pulumi demands. */
  async cancel(): Promise<void> {
    expectSuccess(await this.pulumi(["cancel", this.stack, "--yes"]));
  }

  /** The stack's outputs, secrets in clear text. */
  async outputs<T>(): Promise<T> {
    const args = ["stack", "output", "--json", "--show-secrets", "--stack", this.stack];
    return JSON.parse(expectSuccess(await this.pulumi(args)).stdout) as T;
  }

  /** The state file as it lies on the disk: secrets encrypted. */
  state(): string {
    const file = path.join(this.folder, "state", ".pulumi", "stacks", "pulumi-swarm", `${this.stack}.json`);
    return readFileSync(file, "utf8");
  }

  /** The state with its resources, secrets in clear text where asked for. */
  async exported(
    ...args: string[]
  ): Promise<{ resources: { urn: string; type: string; id?: string; outputs?: Settings }[] }> {
    const { stdout } = expectSuccess(await this.pulumi(["stack", "export", "--stack", this.stack, ...args]));
    const { deployment } = JSON.parse(stdout) as { deployment: { resources?: [] } };
    return { resources: deployment.resources ?? [] };
  }

  /** Rewrites the state by hand, as `pulumi stack export` and `import` do. */
  async rewriteState(change: (resources: StateResource[]) => StateResource[]): Promise<void> {
    const { stdout } = expectSuccess(
      await this.pulumi(["stack", "export", "--stack", this.stack, "--show-secrets"]),
    );
    const state = JSON.parse(stdout) as { deployment: { resources?: StateResource[] } };
    state.deployment.resources = change(state.deployment.resources ?? []);
    expectSuccess(await this.pulumi(["stack", "import", "--stack", this.stack], JSON.stringify(state)));
  }

  /** `npm run swarm -- ARGUMENTS` on this stack. */
  swarm(...args: string[]): Promise<Ended> {
    return this.swarmGiven("", ...args);
  }

  /** The same with something on its standard input. */
  async swarmGiven(input: string, ...args: string[]): Promise<Ended> {
    const command = ["run", "--silent", "swarm", "--", "--stack", this.stack, ...args];
    return this.note(await run("npm", command, { ...this.where(), input }));
  }

  /** Begins a command that the test ends with a signal; npm would not pass it on. */
  startSwarm(...args: string[]): Running {
    return start(
      process.execPath,
      ["tools/start.js", "cli/main", "--stack", this.stack, ...args],
      this.where(),
    );
  }

  /** `npx pulumi-swarm ARGUMENTS` in the folder of a project that has installed it. */
  async installedSwarm(folder: string, ...args: string[]): Promise<Ended> {
    return this.note(
      await run("npx", ["--no-install", "pulumi-swarm", ...args], { ...this.where(), cwd: folder }),
    );
  }

  leftovers(): Promise<Leftovers> {
    return leftovers(this.cluster);
  }

  /** Destroys the stack and then removes by label what may be left of it. */
  async remove(): Promise<void> {
    try {
      await run("pulumi", ["cancel", this.stack, "--yes", "--non-interactive"], this.where());
      await this.tryDestroy();
    } finally {
      // What is left of a twin's cluster is the other one's.
      if (!this.twin) await removeLeftovers(this.cluster);
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  /** Any command of the Pulumi CLI that asks nothing. */
  async pulumi(args: string[], input?: string): Promise<Ended> {
    const ended = await run("pulumi", [...args, ...QUIET], { ...this.where(), input });
    return this.note(ended);
  }

  private async initialise(settings: Settings): Promise<void> {
    const state = path.join(this.folder, "state");
    mkdirSync(state);
    const { PULUMI_CONFIG_PASSPHRASE_FILE: _file, PULUMI_ACCESS_TOKEN: _token, ...inherited } = process.env;
    this.env = await testEnvironment({
      ...inherited,
      PULUMI_BACKEND_URL: fileBackendUrl(state),
      PULUMI_CONFIG_PASSPHRASE: this.passphrase,
      PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
      PULUMI_SWARM_SOCKETS: path.join(this.folder, "sockets"),
      // Lets the CLI write its events to a file (`--event-log`).
      PULUMI_DEBUG_COMMANDS: "true",
    });
    writeFileSync(this.configFile, stringify({ config: {} }));
    this.configure({ cluster: this.cluster, ...settings });
    expectSuccess(await this.pulumi(["stack", "init", this.stack, "--no-select"]));
    // The CLI puts the salt of the passphrase beside Pulumi.yaml, where this stack has no business.
    rmSync(path.join(projectRoot, `Pulumi.${this.stack}.yaml`), { force: true });
  }

  private async update(command: string, args: string[]): Promise<Update> {
    const eventLog = path.join(this.folder, `events-${++this.runs}.json`);
    // The CLI refuses an answer where it asks nothing.
    const answer = args.includes("--preview-only") ? [] : ["--yes"];
    const ended = await this.pulumi([command, ...answer, ...this.common(), "--event-log", eventLog, ...args]);
    return {
      ...ended,
      text: ended.stdout + ended.stderr,
      eventLog,
      changes: changesOf(stepsOf(eventLog, command), this.cluster),
    };
  }

  private common(): string[] {
    return ["--stack", this.stack, "--config-file", this.configFile];
  }

  private where() {
    return { cwd: projectRoot, env: this.env, timeoutMs: this.timeoutMs };
  }

  private note(ended: Ended): Ended {
    this.printed += `\n$ ${ended.command}\n${ended.stdout}${ended.stderr}`;
    return ended;
  }
}

function stepsOf(eventLog: string, command: string): Step[] {
  return eventsIn(eventLog)
    .map((event) => (command === "refresh" ? event.resOutputsEvent : event.resourcePreEvent)?.metadata)
    .filter((step) => step !== undefined);
}

/** URN of one resource of a stack, for options such as `--replace`. */
export async function urnOf(workspace: Workspace, type: string, name: string): Promise<string> {
  const { resources } = await workspace.exported();
  const found = resources.find(({ urn }) => urn.endsWith(`:${type}::${name}`));
  if (!found) throw new Error(`The stack has no ${type} ${name}.`);
  return found.urn;
}
