import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb";
import { ProgramInfo, RunRequest, type RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { projectRoot } from "../../tools/setup/paths";

/** A language host as the engine starts it: the port is its first line, its stdin stays open. */
export class HostProcess {
  private constructor(
    readonly child: ChildProcess,
    readonly client: LanguageRuntimeClient,
    private readonly printed: { text: string },
  ) {}

  static async start(file: string, engineAddress: string): Promise<HostProcess> {
    const child = spawn(file, [engineAddress], { stdio: ["pipe", "pipe", "inherit"] });
    const printed = { text: "" };
    const port = await new Promise<string>((resolve) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        printed.text += text;
        if (printed.text.includes("\n")) resolve(printed.text.split("\n", 1)[0]);
      });
    });
    const client = new LanguageRuntimeClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    return new HostProcess(child, client, printed);
  }

  /** What the host printed after its port. */
  get output(): string {
    return this.printed.text.slice(this.printed.text.indexOf("\n") + 1);
  }

  /** Waits until the host has printed this text. */
  async prints(text: string): Promise<void> {
    while (!this.output.includes(text)) await once(this.child.stdout!, "data");
  }

  run(request: RunRequest): Promise<RunResponse> {
    return promisify<RunRequest, RunResponse>(this.client.run.bind(this.client))(request);
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    const exit = this.child.exitCode === null && this.child.signalCode === null && once(this.child, "exit");
    this.child.kill(signal);
    await exit;
    this.client.close();
  }
}

/** A project of one file, with this checkout's SDK. */
export class TinyProgram {
  readonly folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-program-"));

  constructor(
    readonly file: string,
    source: string,
  ) {
    mkdirSync(path.join(this.folder, "node_modules"));
    symlinkSync(
      path.join(projectRoot, "node_modules", "@pulumi"),
      path.join(this.folder, "node_modules", "@pulumi"),
    );
    const manifest = { name: "tiny", dependencies: { "@pulumi/pulumi": "*", absent: "^1.2.3" } };
    writeFileSync(path.join(this.folder, "package.json"), JSON.stringify(manifest));
    writeFileSync(path.join(this.folder, file), source);
  }

  info(options: Parameters<typeof Struct.fromJavaScript>[0] = { typescript: false }): ProgramInfo {
    return new ProgramInfo()
      .setRootDirectory(this.folder)
      .setProgramDirectory(this.folder)
      .setEntryPoint(this.file)
      .setOptions(Struct.fromJavaScript(options));
  }

  request(engineAddress: string, options?: Parameters<typeof Struct.fromJavaScript>[0]): RunRequest {
    const request = new RunRequest()
      .setProject("tiny")
      .setStack("test")
      .setOrganization("organization")
      .setPwd(this.folder)
      .setMonitorAddress(engineAddress)
      .setParallel(4)
      .setInfo(this.info(options));
    request.getConfigMap().set("tiny:greeting", "good morning");
    request.setConfigsecretkeysList(["tiny:greeting"]);
    return request;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
