import { Interrupted } from "./run-command";
import { debootstrapImage } from "./debootstrap";
import { inspectImage, pullImage } from "../../docker/images";
import type { ProgressEvent } from "../../docker/progress";
import { HostClient, type DockerClient } from "../../transport/docker-client";
import { dockerHostOf } from "../../transport/docker-host";
import { SetupError, type Step } from "./step";

/** What the image of the nodes is built from. */
export const BASE_IMAGE = "debian:trixie-slim";

/** A registry that does not answer is given up by the engine itself, after longer. */
const API_TIMEOUT_MS = 60_000;
/** A pull that delivers nothing for so long is given up. */
const PULL_SILENCE_MS = 20_000;

export function baseImageStep(env: NodeJS.ProcessEnv, image = BASE_IMAGE): Step {
  return {
    name: "Base image",
    remedy: `provide the image ${image} (\`docker pull\` or \`docker load\`), and repeat.`,
    async check() {
      return (await inspectImage(engineOf(env), image)) ? image : undefined;
    },
    async make(progress) {
      const engine = engineOf(env);
      progress(`pulling ${image}`);
      const failure = await pull(engine, image, (text) => progress(`pulling ${image}: ${text}`));
      if (!failure) return `pulled ${image}`;
      try {
        await debootstrapImage(engine, image, progress);
      } catch (error) {
        if (error instanceof Interrupted) throw error;
        throw new SetupError(
          `${image} cannot be pulled (${failure}) and not be made here: ${(error as Error).message}`,
          error instanceof SetupError ? error.remedy : undefined,
        );
      }
      return `made ${image} with debootstrap, as it cannot be pulled`;
    },
  };
}

function engineOf(env: NodeJS.ProcessEnv): DockerClient {
  return new HostClient("Docker Engine", dockerHostOf(undefined, env), API_TIMEOUT_MS, true);
}

/** Answers why the image could not be pulled, or undefined when it was. */
async function pull(
  engine: DockerClient,
  image: string,
  progress: (text: string) => void,
): Promise<string | undefined> {
  try {
    const onEvent = ({ id, status, progress: bar }: ProgressEvent) =>
      progress([id, status, bar].filter(Boolean).join(" "));
    await pullImage(engine, image, { silenceMs: PULL_SILENCE_MS, onEvent });
    return undefined;
  } catch (error) {
    // What the engine or the network said, without what to do: something else is done.
    const { answer, message } = error as { answer?: string; message: string };
    return answer ?? message;
  }
}
