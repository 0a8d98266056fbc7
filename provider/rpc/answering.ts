import type * as grpc from "@grpc/grpc-js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { EngineLog } from "./engine-log";
import { redact } from "../../foundation/redact";
import { grpcFailure, textsOf } from "./failure";
import type { Context } from "../../foundation/context";
import type { Operations } from "./operations";
import { timed } from "./profile";
import { Progress } from "./progress";
import { operationsOf } from "./registry";
import { decode, type Decoded } from "./wire";
import type { InRun } from "../../foundation/session";

export type Unary<Q, A> = grpc.handleUnaryCall<Q, A>;

/** A text without the secrets of the request that it is about. */
type Quotable = (text: string) => string;

interface ResourceRequest {
  getUrn(): string;
  getTimeout?(): number;
}

/**
 * Makes calls about a resource out of operations on it: each runs with a context of its own, and is answered with its
 * result or with an error that holds no secret.
 * @param run - cancels all of them, and they share its session.
 */
export function answering(run: InRun, log: EngineLog) {
  function contextOf(request: ResourceRequest, quotable: Quotable): Context & { progressEnd(): void } {
    const urn = request.getUrn();
    const seconds = request.getTimeout?.() ?? 0;
    const progress = new Progress((text) => log.progress(urn, quotable(text)));
    return {
      ...run,
      progress: (text) => progress.show(text),
      progressEnd: () => progress.end(),
      info: (text) => log.info(urn, quotable(text)),
      warn: (text) => log.warn(urn, quotable(text)),
      timeoutMs: seconds > 0 ? seconds * 1000 : undefined,
    };
  }

  /** @param structs - the values that the request carries; their secrets are kept out of every text that leaves. */
  return function answer<Q extends ResourceRequest, A>(
    operation: string,
    structs: (request: Q) => (Struct | undefined)[],
    operate: (
      resource: Operations,
      request: Q,
      context: Context & { quotable: Quotable },
      decoded: Decoded[],
    ) => Promise<A>,
  ): Unary<Q, A> {
    return ({ request }, callback) => {
      const decoded = structs(request).map(decode);
      let resource: Operations;
      try {
        resource = operationsOf(request.getUrn(), run);
      } catch (error) {
        return callback(grpcFailure(error, (text) => text, new Set()) as grpc.ServiceError);
      }
      const secrets = resource.secretsOf(...decoded);
      let texts: string[] | undefined;
      const quotable = (text: string) =>
        redact(text, (texts ??= decoded.flatMap(({ values }) => textsOf(values, secrets))));
      const context = { ...contextOf(request, quotable), quotable };
      timed(request.getUrn(), operation, operate(resource, request, context, decoded))
        .finally(() => context.progressEnd())
        .then(
          (result) => callback(null, result),
          (error: unknown) => callback(grpcFailure(error, quotable, secrets) as grpc.ServiceError),
        );
    };
  };
}
