import * as path from "node:path";
import { BASE_IMAGE } from "../setup/base-image";
import { command, CommandFailed } from "../setup/run-command";
import { projectRoot } from "../setup/paths";
import type { Progress, Step } from "../setup/step";
import { binariesFolder, ENGINE_VERSION } from "./binaries";

/** Nodes are made from it where a cluster's `nodeImage` names it. */
export const ENGINE_29_IMAGE = "pulumi-swarm-base:engine-29";
/** The same without the three programs: Debian's engine, 26.1 in trixie. */
const DEBIANS_ENGINE_IMAGE = "pulumi-swarm-base:engine-debian";

const VERSION_LABEL = "pulumi-swarm.engine";
/** The label by which README tells how to remove what is kept for the next cluster. */
const CACHE_LABEL = "pulumi-swarm.cache=engine";

/** Makes the image with the engine that {@link binariesStep} built. */
export function imageStep(env: NodeJS.ProcessEnv): Step {
  return {
    name: "Engine image",
    remedy: "read what the build printed; `npm run setup` makes the base image.",
    async check() {
      const version = await labelOf(ENGINE_29_IMAGE, env);
      return version === ENGINE_VERSION ? ENGINE_29_IMAGE : undefined;
    },
    async make(progress) {
      const recipes = path.join(projectRoot, "machines", "local", "node-image");
      // The nodes' own recipe, so that this is the image they have already, found in the build cache.
      await build(DEBIANS_ENGINE_IMAGE, "engine.Dockerfile", recipes, { BASE: BASE_IMAGE }, env, progress);
      const recipe = path.join(projectRoot, "tools", "engine-29", "Dockerfile");
      await build(
        ENGINE_29_IMAGE,
        recipe,
        binariesFolder(env),
        { ENGINE: DEBIANS_ENGINE_IMAGE },
        env,
        progress,
      );
      // A program that does not start in this image fails here, and not in the middle of an upgrade.
      for (const program of ["dockerd", "docker-proxy", "runc"]) {
        await command("docker", ["run", "--rm", "--entrypoint", program, ENGINE_29_IMAGE, "--version"], {
          env,
        });
      }
      return `made ${ENGINE_29_IMAGE}`;
    },
  };
}

async function build(
  tag: string,
  recipe: string,
  context: string,
  buildArgs: Record<string, string>,
  env: NodeJS.ProcessEnv,
  progress: Progress,
): Promise<void> {
  const labels = [CACHE_LABEL, `${VERSION_LABEL}=${tag === ENGINE_29_IMAGE ? ENGINE_VERSION : "debian"}`];
  const options = [
    ...labels.flatMap((label) => ["--label", label]),
    ...Object.entries(buildArgs).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
  ];
  await command(
    "docker",
    ["build", "--tag", tag, "--file", path.resolve(context, recipe), ...options, context],
    {
      env,
      onLine: (line) => progress(`building ${tag}: ${line}`),
    },
  );
}

async function labelOf(image: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const format = `{{index .Config.Labels "${VERSION_LABEL}"}}`;
    return (await command("docker", ["image", "inspect", "--format", format, image], { env })).trim();
  } catch (error) {
    if (error instanceof CommandFailed) return undefined;
    throw error;
  }
}
