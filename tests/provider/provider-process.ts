import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { projectRoot } from "../../tools/setup/paths";

export type Properties = Record<string, unknown>;

/** Pulumi's marks on the wire, as the engine sends them (sdk/nodejs/runtime/rpc.ts in pulumi/pulumi). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SIGNATURE = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
export const secret = (value: unknown): Properties => ({ ...SIGNATURE, value });

export interface Created {
  id: string;
  properties: Properties;
}

/** The real provider process, started and spoken to as Pulumi's engine does. */
export class ProviderProcess {
  /** What the engine's state has as the inputs of each resource, by its ID. */
  private readonly inputs = new Map<string, Properties>();

  private constructor(
    readonly child: ChildProcess,
    readonly client: ResourceProviderClient,
    private readonly printed: { stdout: string },
  ) {}

  static async start(env = process.env): Promise<ProviderProcess> {
    const file = path.join(projectRoot, "provider", "pulumi-resource-swarm");
    const child = spawn(file, [], { env, stdio: ["ignore", "pipe", "inherit"] });
    const printed = { stdout: "" };
    const port = await new Promise<string>((resolve, reject) => {
      child
        .on("error", reject)
        .on("exit", () => reject(new Error(`The provider ended. It printed: ${printed.stdout}`)));
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        printed.stdout += text;
        if (printed.stdout.includes("\n")) resolve(printed.stdout.split("\n", 1)[0]);
      });
    });
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    return new ProviderProcess(child, client, printed);
  }

  /** Everything on stdout so far. */
  get stdout(): string {
    return this.printed.stdout;
  }

  async stop(): Promise<void> {
    this.client.close();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, "exit");
    this.child.kill("SIGINT");
    await exit;
  }

  /** The problems that it finds, each as the user reads it. */
  async check(type: string, inputs: Properties): Promise<string[]> {
    const request = new pb.CheckRequest();
    request.setUrn(urnOf(type));
    request.setNews(struct(inputs));
    const response = await call<pb.CheckRequest, pb.CheckResponse>(this.client, "check", request);
    expect(response.getInputs()?.toJavaScript()).toEqual(inputs);
    return response
      .getFailuresList()
      .map((failure) => `${failure.getProperty()} ${failure.getReason()}`.trim());
  }

  async diff(type: string, olds: Properties, news: Properties) {
    const request = new pb.DiffRequest();
    request.setUrn(urnOf(type));
    request.setId("an-id");
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const response = await call<pb.DiffRequest, pb.DiffResponse>(this.client, "diff", request);
    const { DIFF_SOME } = pb.DiffResponse.DiffChanges;
    return {
      changes: response.getChanges() === DIFF_SOME,
      diffs: response.getDiffsList(),
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(type: string, inputs: Properties, preview = false): Promise<Created> {
    const request = new pb.CreateRequest();
    request.setUrn(urnOf(type));
    request.setProperties(struct(inputs));
    request.setPreview(preview);
    const response = await call<pb.CreateRequest, pb.CreateResponse>(this.client, "create", request);
    this.inputs.set(response.getId(), inputs);
    return { id: response.getId(), properties: propertiesOf(response.getProperties()) };
  }

  /** An empty ID says that the object is gone. */
  async read(type: string, { id, properties }: Created): Promise<Created & { inputs: Properties }> {
    const request = new pb.ReadRequest();
    request.setUrn(urnOf(type));
    request.setId(id);
    request.setProperties(struct(properties));
    request.setInputs(struct(this.inputs.get(id) ?? {}));
    const response = await call<pb.ReadRequest, pb.ReadResponse>(this.client, "read", request);
    const inputs = propertiesOf(response.getInputs());
    return { id: response.getId(), properties: propertiesOf(response.getProperties()), inputs };
  }

  async update(
    type: string,
    { id, properties }: Created,
    news: Properties,
    preview = false,
  ): Promise<Properties> {
    const request = new pb.UpdateRequest();
    request.setUrn(urnOf(type));
    request.setId(id);
    request.setOlds(struct(properties));
    request.setOldInputs(struct(this.inputs.get(id) ?? {}));
    request.setNews(struct(news));
    request.setPreview(preview);
    const response = await call<pb.UpdateRequest, pb.UpdateResponse>(this.client, "update", request);
    if (!preview) this.inputs.set(id, news);
    return propertiesOf(response.getProperties());
  }

  async delete(type: string, { id, properties }: Created): Promise<void> {
    const request = new pb.DeleteRequest();
    request.setUrn(urnOf(type));
    request.setId(id);
    request.setProperties(struct(properties));
    request.setOldInputs(struct(this.inputs.get(id) ?? {}));
    await call<pb.DeleteRequest, Empty>(this.client, "delete", request);
  }

  async cancel(): Promise<void> {
    await call<Empty, Empty>(this.client, "cancel", new Empty());
  }
}

export function call<Q, A>(
  client: ResourceProviderClient,
  method: keyof ResourceProviderClient,
  request: Q,
): Promise<A> {
  type Method = (request: Q, done: (error: grpc.ServiceError | null, answer: A) => void) => void;
  return new Promise((resolve, reject) => {
    (client[method] as unknown as Method).call(client, request, (error, answer) =>
      error ? reject(new Error(error.details, { cause: error })) : resolve(answer),
    );
  });
}

function urnOf(type: string): string {
  return `urn:pulumi:test::pulumi-swarm::swarm:index:SwarmCluster$swarm:index:${type}::the-name`;
}

function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

function propertiesOf(value: Struct | undefined): Properties {
  return (value?.toJavaScript() ?? {}) as Properties;
}
