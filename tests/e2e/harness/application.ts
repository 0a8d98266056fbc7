import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { projectRoot } from "../../../tools/setup/paths";
import { expectSuccess, run, type Ended } from "./run";
import type { StateResource } from "./state-resource";
import type { Update, Workspace } from "./workspace";

const FIXTURE = path.join(projectRoot, "tests", "e2e", "fixtures", "application");

/** What the program of an application reads. */
export interface ApplicationSettings {
  /** The stack whose output the cluster is. */
  from?: string;
  /** How its managers are logged in to. */
  login?: object;
  /** Or the managers themselves. */
  managers?: object[];
  forget?: boolean;
  /** Name of its stack in the swarm. @default it has none */
  stack?: string;
  greeting: string;
  /** Image of its stack. */
  image?: string;
  /** Seconds until its stack has to run. */
  convergeTimeout?: number;
}

/** A Pulumi project of its own on the cluster of a workspace, in the same backend and with a stack of the same name. */
export class Application {
  readonly folder: string;

  private constructor(
    readonly project: string,
    private readonly workspace: Workspace,
    private settings: ApplicationSettings,
  ) {
    this.folder = path.join(workspace.folder, project);
  }

  static async create(
    project: string,
    workspace: Workspace,
    settings: Partial<ApplicationSettings>,
  ): Promise<Application> {
    const from = `organization/pulumi-swarm/${workspace.stack}`;
    const application = new Application(project, workspace, { from, greeting: "Hello.", ...settings });
    const { folder } = application;
    mkdirSync(folder);
    cpSync(path.join(FIXTURE, "app.yml"), path.join(folder, "app.yml"));
    const relative = (...parts: string[]) => path.relative(folder, path.join(...parts));
    const provider = { name: "swarm", path: relative(projectRoot, "provider") };
    const definition = {
      name: project,
      runtime: { name: "nodejs", options: { typescript: false } },
      main: relative(FIXTURE, "program.js"),
      plugins: { providers: [provider] },
    };
    writeFileSync(path.join(folder, "Pulumi.yaml"), stringify(definition));
    application.configure({});
    expectSuccess(await workspace.pulumi(["stack", "init", workspace.stack, "--no-select", "--cwd", folder]));
    return application;
  }

  configure(settings: Partial<ApplicationSettings>): void {
    this.settings = { ...this.settings, ...settings };
    writeFileSync(path.join(this.folder, "settings.json"), JSON.stringify(this.settings));
  }

  /** Its compose file. */
  compose(content: string): void {
    writeFileSync(path.join(this.folder, "app.yml"), content);
  }

  /** A resource as the state has it. */
  async recorded(type: string): Promise<StateResource | undefined> {
    const args = ["stack", "export", "--stack", this.workspace.stack, "--cwd", this.folder];
    const { stdout } = expectSuccess(await this.workspace.pulumi(args));
    const { deployment } = JSON.parse(stdout) as { deployment: { resources?: StateResource[] } };
    return deployment.resources?.find((resource) => resource.type === type);
  }

  up(...args: string[]): Promise<Update> {
    return this.workspace.up("--cwd", this.folder, ...args);
  }

  tryUp(...args: string[]): Promise<Update> {
    return this.workspace.tryUp("--cwd", this.folder, ...args);
  }

  tryDestroy(): Promise<Update> {
    return this.workspace.tryDestroy("--cwd", this.folder);
  }

  async destroy(): Promise<Update> {
    return expectSuccess(await this.tryDestroy());
  }

  /** `pulumi-swarm ARGUMENTS` in its folder. */
  swarm(...args: string[]): Promise<Ended> {
    const command = [
      path.join(projectRoot, "dist", "cli", "main.js"),
      "--stack",
      this.workspace.stack,
      ...args,
    ];
    return run(process.execPath, command, { cwd: this.folder, env: this.workspace.env });
  }
}
