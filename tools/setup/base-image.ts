import { Interrupted } from "./command";
import { debootstrapImage } from "./debootstrap";
import { dockerHostOf, type DockerHost } from "../../transport/docker-host";
import { dockerRequest } from "../../transport/docker-request";
import { errorInStream } from "./stream-error";
import { SetupError, type Step } from "./step";

/** What the image of the nodes is built from. */
export const BASE_IMAGE = "debian:trixie-slim";

const API_SILENCE_MS = 15_000;
/** A pull that delivers nothing for so long is given up. */
const PULL_SILENCE_MS = 20_000;

export function baseImageStep(env: NodeJS.ProcessEnv, image = BASE_IMAGE): Step {
  return {
    name: "Base image",
    remedy: `provide the image ${image} (\`docker pull\` or \`docker load\`), and repeat.`,
    async check() {
      const { status } = await dockerRequest(dockerHostOf(undefined, env), {
        path: `/images/${image}/json`,
        silenceMs: API_SILENCE_MS,
      });
      return status === 200 ? image : undefined;
    },
    async make(progress) {
      const endpoint = dockerHostOf(undefined, env);
      progress(`pulling ${image}`);
      const failure = await pull(endpoint, image, (text) => progress(`pulling ${image}: ${text}`));
      if (!failure) return `pulled ${image}`;
      try {
        await debootstrapImage(endpoint, image, progress);
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

/** Answers why the image could not be pulled, or undefined when it was. */
async function pull(
  endpoint: DockerHost,
  image: string,
  progress: (text: string) => void,
): Promise<string | undefined> {
  const [name, tag] = image.split(":");
  try {
    const { status, body } = await dockerRequest(endpoint, {
      method: "POST",
      path: `/images/create?fromImage=${name}&tag=${tag}`,
      silenceMs: PULL_SILENCE_MS,
      onLine: (line) => progress(pullStatus(line)),
    });
    return status === 200 ? errorInStream(body) : errorText(body);
  } catch (error) {
    return (error as Error).message;
  }
}

function pullStatus(line: string): string {
  try {
    const { status, id, progress } = JSON.parse(line) as Record<string, string | undefined>;
    return [id, status, progress].filter(Boolean).join(" ");
  } catch {
    // A message cut in two by the transport: the next one is shown instead.
    return "…";
  }
}

function errorText(body: string): string {
  try {
    return (JSON.parse(body) as { message: string }).message;
  } catch {
    return body.trim();
  }
}
