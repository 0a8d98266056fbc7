import * as grpc from "@grpc/grpc-js";
import * as language from "@pulumi/pulumi/proto/language_pb";
import type { ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { version } from "@pulumi/pulumi/version";
import { killChildren, runCommand, runNode, type Ending } from "./children";
import { programDependencies } from "./dependencies";
import {
  EXIT_ERROR_SHOWN,
  runArguments,
  runEnvironment,
  runtimeOptions,
  sdkModule,
  typescriptEnvironment,
} from "./run-arguments";

/** The calls the engine makes for a program; whatever is for code generation is answered as unimplemented. */
export function languageRuntime(engineAddress: string): Partial<ILanguageRuntimeServer> {
  return {
    handshake: unary(() => new language.LanguageHandshakeResponse()),
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    // Empty: the engine then looks for a plugin when the first resource of its kind is registered.
    getRequiredPackages: unary(() => new language.GetRequiredPackagesResponse()),
    getRequiredPlugins: unary(() => new language.GetRequiredPluginsResponse()),
    runtimeOptionsPrompts: unary(() => new language.RuntimeOptionsResponse()),
    about: unary(() =>
      new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version),
    ),
    getProgramDependencies: unary((request: language.GetProgramDependenciesRequest) => {
      const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
      const found = programDependencies(folder).map(({ name, version }) =>
        new language.DependencyInfo().setName(name).setVersion(version),
      );
      return new language.GetProgramDependenciesResponse().setDependenciesList(found);
    }),
    run: unary((request: language.RunRequest) => run(request, engineAddress)),
    installDependencies: (call) => void streaming(call, () => installDependencies(call)),
    runPlugin: (call) => void streaming(call, () => runPlugin(call)),
    cancel: unary(() => {
      killChildren();
      return new Empty();
    }),
  };
}

async function run(request: language.RunRequest, engineAddress: string): Promise<language.RunResponse> {
  const { nodeArgs } = runtimeOptions(request.getInfo());
  const ending = await runNode(nodeArgs, runArguments(request, engineAddress), {
    cwd: request.getPwd(),
    env: runEnvironment(request),
    // The engine shows what the host prints on the program's line.
    onStdout: (data) => process.stdout.write(data),
    onStderr: (data) => process.stderr.write(data),
  });
  const response = new language.RunResponse();
  if (ending.code === EXIT_ERROR_SHOWN) response.setBail(true);
  else if (ending.code !== 0) response.setError(`The Node.js program ended with ${describe(ending)}.`);
  return response;
}

async function installDependencies(
  call: grpc.ServerWritableStream<language.InstallDependenciesRequest, language.InstallDependenciesResponse>,
): Promise<void> {
  const Response = language.InstallDependenciesResponse;
  const cwd = call.request.getInfo()?.getProgramDirectory() || call.request.getDirectory();
  const ending = await runCommand("npm", ["install"], {
    cwd,
    env: process.env,
    onStdout: (data) => call.write(new Response().setStdout(data)),
    onStderr: (data) => call.write(new Response().setStderr(data)),
  });
  if (ending.code !== 0) throw new Error(`\`npm install\` in ${cwd} ended with ${describe(ending)}.`);
}

async function runPlugin(
  call: grpc.ServerWritableStream<language.RunPluginRequest, language.RunPluginResponse>,
): Promise<void> {
  const { request } = call;
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() || request.getProgram();
  const options = runtimeOptions(info);
  const given = Object.fromEntries(
    request
      .getEnvList()
      .map((pair): [string, string] => [pair.split("=")[0], pair.slice(pair.indexOf("=") + 1)]),
  );
  const Response = language.RunPluginResponse;
  const ending = await runNode(
    options.nodeArgs,
    [sdkModule(folder, "cmd/run-plugin"), folder, ...request.getArgsList()],
    {
      cwd: request.getPwd(),
      env: { ...process.env, ...typescriptEnvironment(options), ...given },
      onStdout: (data) => call.write(new Response().setStdout(data)),
      onStderr: (data) => call.write(new Response().setStderr(data)),
    },
  );
  call.write(new Response().setExitcode(ending.code ?? 1));
}

function unary<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    void (async () => answer(call.request))().then(
      (response) => callback(null, response),
      (error) => callback(asStatus(error)),
    );
  };
}

async function streaming(
  call: grpc.ServerWritableStream<unknown, unknown>,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
    call.end();
  } catch (error) {
    call.emit("error", asStatus(error));
  }
}

function asStatus(error: unknown): { code: grpc.status; details: string } {
  return { code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) };
}

function describe({ code, signal }: Ending): string {
  return code === null ? `signal ${signal}` : `exit code ${code}`;
}
