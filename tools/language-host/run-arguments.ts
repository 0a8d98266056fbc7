import { createRequire } from "node:module";
import * as path from "node:path";
import type { ProgramInfo, RunRequest } from "@pulumi/pulumi/proto/language_pb";

/** Exit code of `@pulumi/pulumi/cmd/run` that means: the user has already been shown the error. */
export const EXIT_ERROR_SHOWN = 32;

/** The `runtime.options` of Pulumi.yaml that this host obeys. */
export interface RuntimeOptions {
  typescript: boolean;
  tsconfig?: string;
  nodeArgs: string[];
}

export function runtimeOptions(info: ProgramInfo | undefined): RuntimeOptions {
  const options = info?.getOptions()?.toJavaScript() ?? {};
  const { typescript, tsconfig, nodeargs } = options;
  return {
    // Programs are TypeScript unless Pulumi.yaml says otherwise, as with the official host.
    typescript: typescript !== false,
    tsconfig: typeof tsconfig === "string" ? tsconfig : undefined,
    nodeArgs: typeof nodeargs === "string" ? nodeargs.split(/\s+/).filter(Boolean) : [],
  };
}

/** A module of the program's own SDK: each project runs with the version it depends on. */
export function sdkModule(programDirectory: string, name: string): string {
  try {
    return createRequire(path.join(programDirectory, "package.json")).resolve(`@pulumi/pulumi/${name}`);
  } catch {
    throw new Error(
      `@pulumi/pulumi/${name} was not found from ${programDirectory}: run \`npm install\` in that folder.`,
    );
  }
}

/** What follows `node` and its own options to run the user's program. */
export function runArguments(request: RunRequest, engineAddress: string): string[] {
  const info = request.getInfo();
  const programDirectory = info?.getProgramDirectory() || request.getPwd();
  const flags: [string, string | number | undefined][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engineAddress],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", info?.getRootDirectory()],
    ["stack", request.getStack()],
    ["pwd", request.getPwd()],
    ["parallel", request.getParallel()],
  ];
  return [
    sdkModule(programDirectory, "cmd/run"),
    ...flags.flatMap(([name, value]) => (value ? [`--${name}`, String(value)] : [])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() || request.getProgram() || ".",
    ...request.getArgsList(),
  ];
}

export function runEnvironment(request: RunRequest): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...typescriptEnvironment(runtimeOptions(request.getInfo())),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}

export function typescriptEnvironment(options: RuntimeOptions): NodeJS.ProcessEnv {
  return {
    PULUMI_NODEJS_TYPESCRIPT: String(options.typescript),
    ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
  };
}
