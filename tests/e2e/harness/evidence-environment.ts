import type { Circus } from "@jest/types";
import { TestEnvironment } from "jest-environment-node";
import { saveEvidence } from "./evidence";

/** Node's environment of tests; at a failure the engines' logs are kept before anything is cleaned up. */
export default class EvidenceEnvironment extends TestEnvironment {
  async handleTestEvent(event: Circus.Event): Promise<void> {
    if (event.name !== "test_fn_failure" && event.name !== "hook_failure") return;
    const { clustersOfTest = [] } = this.global as unknown as { clustersOfTest?: string[] };
    const name = event.test?.name ?? "set-up";
    const folder = await saveEvidence(name, clustersOfTest).catch((error: Error) => error.message);
    if (folder) process.stderr.write(`${name}: what the engines said is in ${folder}\n`);
  }
}
