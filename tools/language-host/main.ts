#!/usr/bin/env node
// The language host that Pulumi's engine starts as `pulumi-language-nodejs ADDRESS`, for machines where the official
// one is absent. It runs the user's program with the program's own @pulumi/pulumi, as the official host does.
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService, type ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb";
import { languageRuntime } from "./language-service";
import { killChildren } from "./children";

/** The engine's own limit: one message may carry a large configuration. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

function main(): void {
  const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  if (!engineAddress) {
    console.error(
      "pulumi-language-nodejs is started by the Pulumi engine: it needs the engine's address as argument.",
    );
    process.exit(2);
  }
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  server.addService(LanguageRuntimeService, languageRuntime(engineAddress) as ILanguageRuntimeServer);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    // The engine reads the port from the first line.
    process.stdout.write(`${port}\n`);
  });

  const stop = (): void => {
    killChildren();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("exit", killChildren);
  // The engine holds the other end of stdin: it closes when the engine ends in whatever way.
  process.stdin.on("end", stop).on("error", stop).resume();
}

main();
