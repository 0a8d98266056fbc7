import type * as grpc from "@grpc/grpc-js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { EngineLog } from "./engine-log";
import { grpcFailure, textsOf } from "./failure";
import type { Context } from "./handler";
import { Operations } from "./operations";
import { timed } from "./profile";
import { Progress } from "./progress";
import { handlerOf } from "./registry";
import { decode, type Decoded } from "./wire";

export type Unary<Q, A> = grpc.handleUnaryCall<Q, A>;

interface ResourceRequest {
  getUrn(): string;
  getTimeout?(): number;
}

/**
 * Makes calls about a resource out of operations on it: each runs with a context of its own, and is answered with its
 * result or with an error that holds no secret.
 * @param signal - cancels all of them.
 */
export function answering(signal: AbortSignal, log: EngineLog) {
  function contextOf(request: ResourceRequest): Context & { progressEnd(): void } {
    const urn = request.getUrn();
    const seconds = request.getTimeout?.() ?? 0;
    const progress = new Progress((text) => log.progress(urn, text));
    return {
      signal,
      progress: (text) => progress.show(text),
      progressEnd: () => progress.end(),
      info: (text) => log.info(urn, text),
      warn: (text) => log.warn(urn, text),
      timeoutMs: seconds > 0 ? seconds * 1000 : undefined,
    };
  }

  /** @param structs - the values that the request carries; their secrets are kept out of its error. */
  return function answer<Q extends ResourceRequest, A>(
    operation: string,
    structs: (request: Q) => (Struct | undefined)[],
    operate: (resource: Operations, request: Q, context: Context, decoded: Decoded[]) => Promise<A>,
  ): Unary<Q, A> {
    return ({ request }, callback) => {
      const decoded = structs(request).map(decode);
      let resource: Operations;
      try {
        resource = new Operations(handlerOf(request.getUrn()));
      } catch (error) {
        return callback(grpcFailure(error, [], new Set()) as grpc.ServiceError);
      }
      const context = contextOf(request);
      timed(request.getUrn(), operation, operate(resource, request, context, decoded)).then(
        (result) => {
          context.progressEnd();
          callback(null, result);
        },
        (error: unknown) => {
          context.progressEnd();
          const secrets = resource.secretsOf(...decoded);
          const texts = decoded.flatMap(({ values }) => textsOf(values, secrets));
          callback(grpcFailure(error, texts, secrets) as grpc.ServiceError);
        },
      );
    };
  };
}
