import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Pulumi's display: lines that appear at one resource. */
export class EngineLog {
  private readonly client?: InstanceType<typeof EngineClient>;

  constructor(address?: string) {
    if (address) this.client = new EngineClient(address, grpc.credentials.createInsecure());
  }

  /** A line that the next one replaces; not kept in the final output. */
  progress(urn: string, text: string): void {
    this.send(urn, LogSeverity.INFO, text, true);
  }

  /** A line that stays in the final output. */
  info(urn: string, text: string): void {
    this.send(urn, LogSeverity.INFO, text, false);
  }

  /** A warning that stays in the final output. */
  warn(urn: string, text: string): void {
    this.send(urn, LogSeverity.WARNING, text, false);
  }

  private send(urn: string, severity: LogSeverity, text: string, ephemeral: boolean): void {
    const request = new LogRequest();
    request.setSeverity(severity);
    request.setMessage(text);
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    // A line that does not reach the display must not fail the operation that it tells about.
    this.client?.log(request, () => undefined);
  }
}
