import type { SwarmStackInputs } from "../../schema/stack";
import type { Service } from "../../docker/api/service";
import { ignoredOf } from "../../validation/compose-ignore";
import type { Compose } from "./stack-deploy";

/** What can be left to somebody else → what it is called in a service's spec. */
const SPEC_FIELDS = { replicas: "Mode.Replicated.Replicas", image: "ContainerSpec.Image" } as const;

/** Fields of a service's spec that the program leaves to somebody else. @param service - its name in the compose file */
export function ignoredFields(service: string, { ignore }: Pick<SwarmStackInputs, "ignore">): string[] {
  return ignoredOf(ignore)
    .filter((ignored) => ignored.service === service)
    .map(({ field }) => SPEC_FIELDS[field]);
}

/** A merged compose file with what is left to somebody else as it is now; in the file it says how a service begins. */
export function withIgnored(
  merged: Compose,
  actual: readonly Service[],
  { name: stack, ignore }: Pick<SwarmStackInputs, "name" | "ignore">,
): Compose {
  const compose = structuredClone(merged);
  for (const { service: name, field } of ignoredOf(ignore)) {
    const service = compose.services?.[name];
    const spec = actual.find(({ Spec }) => Spec.Name === `${stack}_${name}`)?.Spec;
    if (!service || !spec) continue;
    if (field === "image") service.image = spec.TaskTemplate.ContainerSpec?.Image ?? service.image;
    const replicas = spec.Mode.Replicated?.Replicas;
    if (field === "replicas" && replicas !== undefined) service.deploy = { ...service.deploy, replicas };
  }
  return compose;
}
