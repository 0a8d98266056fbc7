import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineLog } from "./engine-log";
import { writeMemory } from "./profile";
import { providerService } from "./provider-service";
import { packageFolder } from "../../foundation/package-folder";
import { Session } from "../../foundation/session";

/** The state of a resource with a large stack file travels in one message. */
const MESSAGE_LIMIT = 400 * 1024 * 1024;

const PARENT_INTERVAL_MS = 500;

/** A provider whose CLI was killed would work on, unseen and beside the next run's. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.exit(1), PARENT_INTERVAL_MS).unref();
}

function main(): void {
  const { version } = require(path.join(packageFolder, "package.json")) as { version: string };
  // Pulumi starts a provider as `pulumi-resource-swarm ENGINE_ADDRESS [--flag …]`.
  const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MESSAGE_LIMIT,
    "grpc.max_send_message_length": MESSAGE_LIMIT,
  });
  server.addService(
    ResourceProviderService as unknown as grpc.ServiceDefinition,
    providerService(version, new EngineLog(engineAddress), new Session()),
  );
  // Pulumi's way to end a provider that is done; Ctrl-C itself does not reach it, as it runs in a group of its own.
  // Without an answer Pulumi waits 5 s before it kills.
  process.on("SIGINT", () => {
    writeMemory();
    process.exit(0);
  });
  if (engineAddress) endWithParent();
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
}

main();
