import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { credentialsOf, isSshEndpoint, type SshEndpoint } from "../../schema/connection";
import { redact } from "../../foundation/redact";
import { PartialFailure } from "../handler";
import { encode } from "./wire";
import type { Properties } from "../values";

/**
 * An error as the engine takes it: only its message travels, never a stack or a secret.
 * @param quotable - takes the request's secrets out of a text.
 */
export function grpcFailure(
  error: unknown,
  quotable: (text: string) => string,
  secrets: ReadonlySet<string>,
) {
  const given = quotable(error instanceof Error ? error.message : String(error));
  // What was made half-way has secrets of its own, such as tokens.
  const made = error instanceof PartialFailure ? textsOf(error.outputs as Properties, secrets) : [];
  const message = redact(given, made);
  const metadata = new grpc.Metadata();
  if (error instanceof PartialFailure) {
    const detail = new ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(encode(error.outputs as Properties, secrets));
    detail.setReasonsList([message]);
    const any = new Any();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status();
    status.setCode(grpc.status.UNKNOWN);
    status.setMessage(message);
    status.addDetails(any);
    // gRPC for Node has no rich errors; this metadata field is how Go's gRPC reads them.
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return { code: grpc.status.UNKNOWN, details: message, message, metadata };
}

/**
 * Every text inside the properties that are secret. A connection is secret as a whole to Pulumi when its key is; a
 * message that may not name the host would help nobody.
 */
export function textsOf(values: Properties, secrets: ReadonlySet<string>): string[] {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === "string") texts.push(value);
    else if (isSshEndpoint(value)) credentialsOf(value).forEach(walk);
    else if (hasEndpoint(value)) walk(value.connection);
    else if (value !== null && typeof value === "object") Object.values(value).forEach(walk);
  };
  for (const name of secrets) walk(values[name]);
  return texts;
}

/** A manager with its name, its address and its connection, of which the last alone has secrets. */
function hasEndpoint(value: unknown): value is { connection: SshEndpoint } {
  return (
    value !== null && typeof value === "object" && "connection" in value && isSshEndpoint(value.connection)
  );
}
