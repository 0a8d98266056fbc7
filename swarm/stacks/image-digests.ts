import type { SwarmStackInputs } from "../../schema/stack";
import type { EngineClient } from "../../docker/engine-client";
import { isEngineError } from "../../docker/errors";
import { imageDigest } from "../../docker/registries";
import { stackServices } from "../../docker/services";
import type { Context } from "../../foundation/context";
import { ignoredOf } from "../../validation/compose-ignore";
import { loginFor } from "./registry-logins";
import type { Compose } from "./stack-deploy";
import { whileTrusted } from "./trusted-registries";

/** Image → "sha256:…", what its registry has under that name. */
export type Digests = Readonly<Record<string, string>>;

type Inputs = Pick<
  SwarmStackInputs,
  | "name"
  | "registries"
  | "registryPasswords"
  | "registryCertificates"
  | "resolveImage"
  | "ignore"
  | "imageFingerprints"
>;

/** For all images together: a preview is looked at by somebody who waits. */
const LOOK_MS = 5_000;

/**
 * What the images of a stack are in their registries now, where the program has them asked each time. Of a registry that says nothing
 * in time what runs stays, with a warning.
 */
export async function digestsOf(
  engine: EngineClient,
  merged: Compose,
  inputs: Inputs,
  context: Context,
): Promise<Digests> {
  const images = inputs.resolveImage === "always" ? imagesOf(merged, inputs) : [];
  if (images.length === 0) return {};
  const { digests, silent } = await whileTrusted(engine.transport, inputs, context, () =>
    asked(engine, images, inputs, context),
  );
  if (silent.size === 0) return digests;
  const running = await runningDigests(engine, inputs.name, context.signal);
  const reasons = [...silent].map(([image, why]) => `${image} (${why})`).join(", ");
  context.warn(`Not looked at, so that what runs of it stays: ${reasons}.`);
  const kept = [...silent.keys()].filter((image) => image in running);
  return { ...digests, ...Object.fromEntries(kept.map((image) => [image, running[image]])) };
}

async function asked(engine: EngineClient, images: readonly string[], inputs: Inputs, { signal }: Context) {
  const digests: Record<string, string> = {};
  const silent = new Map<string, string>();
  const late = AbortSignal.timeout(LOOK_MS);
  await Promise.all(
    images.map(async (image) => {
      try {
        const login = loginFor(image, inputs);
        digests[image] = await imageDigest(engine, image, login, AbortSignal.any([signal, late]));
      } catch (error) {
        signal.throwIfAborted();
        const why = isEngineError(error) ? error.answer.trim() : (error as Error).message;
        silent.set(image, late.aborted ? `its registry said nothing within ${LOOK_MS / 1000} s` : why);
      }
    }),
  );
  return { digests, silent };
}

/** Images of registries, but for those that somebody else chooses. */
function imagesOf({ services = {} }: Compose, { ignore, imageFingerprints = {} }: Inputs): string[] {
  const others = ignoredOf(ignore).flatMap(({ service, field }) => (field === "image" ? service : []));
  const images = Object.entries(services).flatMap(([name, { image }]) =>
    image === undefined || others.includes(name) ? [] : image,
  );
  return [...new Set(images)].filter((image) => !image.includes("@") && !(image in imageFingerprints));
}

async function runningDigests(engine: EngineClient, stack: string, signal: AbortSignal): Promise<Digests> {
  const services = await stackServices(engine, stack, signal);
  const images = services.map(({ Spec }) => (Spec.TaskTemplate.ContainerSpec?.Image ?? "").split("@"));
  return Object.fromEntries(images.filter(([, digest]) => digest) as [string, string][]);
}

/** A compose file with each image by its digest, so that no registry can answer otherwise at the deploy. */
export function pinned(compose: Compose, digests: Digests): Compose {
  const services = Object.entries(compose.services ?? {}).map(([name, service]) => {
    const digest = service.image && digests[service.image];
    return [name, digest ? { ...service, image: `${service.image}@${digest}` } : service];
  });
  return { ...compose, services: Object.fromEntries(services) as Compose["services"] };
}
