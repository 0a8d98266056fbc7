import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resource from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** As much of Pulumi's engine and resource monitor as a program needs that registers nothing but its stack. */
export interface FakeEngine {
  address: string;
  /** The messages that programs logged. */
  logged: string[];
  close(): void;
}

export async function fakeEngine(): Promise<FakeEngine> {
  const logged: string[] = [];
  const server = new grpc.Server();
  server.addService(EngineService, {
    log: (call: grpc.ServerUnaryCall<LogRequest, Empty>, answer: grpc.sendUnaryData<Empty>) => {
      logged.push(call.request.getMessage());
      answer(null, new Empty());
    },
  });
  server.addService(ResourceMonitorService, {
    supportsFeature: reply(() => new resource.SupportsFeatureResponse().setHassupport(true)),
    registerResource: reply(() => new resource.RegisterResourceResponse().setUrn("urn:pulumi:s::p::t::n")),
    registerResourceOutputs: reply(() => new Empty()),
    signalAndWaitForShutdown: reply(() => new Empty()),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `127.0.0.1:${port}`, logged, close: () => server.forceShutdown() };
}

function reply<Response>(make: () => Response) {
  return (_call: unknown, answer: grpc.sendUnaryData<Response>) => answer(null, make());
}
