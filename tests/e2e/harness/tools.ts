import { findOnPath } from "../../../tools/setup/executables";
import { toolsEnvironment } from "../../../tools/setup/environment";
import { projectRoot } from "../../../tools/setup/paths";
import { run } from "./run";

/** The environment of the Pulumi CLI as `npm run up` has it. Fails by name where a tool is missing. */
export async function testEnvironment(base: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const env = toolsEnvironment(projectRoot, base);
  const pulumi = findOnPath("pulumi", env) ? await run("pulumi", ["version"], { env }) : undefined;
  if (pulumi?.code !== 0) throw missing("the Pulumi CLI", pulumi?.stderr ?? "it is not on PATH");
  const engine = await run("docker", ["info", "--format", "{{.ServerVersion}}"], { env });
  if (engine.code !== 0) throw missing("a Docker Engine", engine.stderr);
  return env;
}

function missing(what: string, why: string): Error {
  return new Error(
    `These tests need ${what}: ${why.trim()}. Run \`npm run setup\` first; \`npm test\` does it by itself.`,
  );
}
