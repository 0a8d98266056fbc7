import type { SwarmStackInputs } from "../../schema/stack";
import { DIGEST_LABEL, IDENTITY_LABEL, type Labels } from "../../schema/owner";
import { isEngineError } from "../../docker/errors";
import { listObjects, removeObject } from "../../docker/objects";
import { STACK_LABEL } from "../../docker/services";
import type { Context } from "../../foundation/context";
import { makeVersion } from "../objects/version";
import { inSwarm } from "../own-swarm";
import { standsFor, type PreparedFiles } from "./stack-files";

/** A config or secret of a merged compose file. */
interface ComposeObject {
  name?: string;
  file?: string;
  labels?: Labels;
  template_driver?: string;
}

export type ComposeSection = Record<string, ComposeObject | null>;

/** Name in the compose file → name in the swarm. */
export interface MadeVersions {
  configs: Record<string, string>;
  secrets: Record<string, string>;
  /** Their IDs. */
  ids: Set<string>;
}

const KINDS = ["config", "secret"] as const;

/**
 * Makes the configs and secrets that a stack's files hold the content of: each named by its content, so that a change is a new
 * one that the services move to.
 */
export async function madeFromFiles(
  merged: { configs?: ComposeSection; secrets?: ComposeSection },
  prepared: PreparedFiles,
  inputs: SwarmStackInputs,
  context: Context,
): Promise<MadeVersions> {
  const made: MadeVersions = { configs: {}, secrets: {}, ids: new Set() };
  const { owner, clusterId, managers, name: stack } = inputs;
  for (const kind of KINDS) {
    for (const [name, object] of Object.entries(merged[`${kind}s`] ?? {})) {
      const data = standsFor(object?.file, prepared);
      if (!object || !data) continue;
      const version = {
        ...{ owner, clusterId, managers, data },
        name: object.name ?? `${stack}_${name}`,
        labels: { ...object.labels, [STACK_LABEL]: stack },
        templated: object.template_driver === "golang",
        adopt: inputs.adopt,
      };
      const { objectId, objectName } = await makeVersion(kind, version, context);
      made[`${kind}s`][name] = objectName;
      made.ids.add(objectId);
    }
  }
  return made;
}

/** Removes the versions that no service of a stack uses. */
export function removeUnusedVersions(inputs: SwarmStackInputs, context: Context): Promise<void> {
  return removeFormerVersions({ ids: new Set() }, inputs, context);
}

/** Removes the versions that a stack's services have moved away from. One that still has a user stays until the next deploy. */
export async function removeFormerVersions(
  { ids }: Pick<MadeVersions, "ids">,
  inputs: SwarmStackInputs,
  context: Context,
): Promise<void> {
  const { signal } = context;
  const labels = { [STACK_LABEL]: inputs.name, [IDENTITY_LABEL]: inputs.owner.id ?? "" };
  await inSwarm(inputs, context, async (engine) => {
    for (const kind of KINDS) {
      // What Docker itself has made for the stack has no digest, and is no version of ours.
      const former = (await listObjects(engine, kind, labels, signal)).filter(
        ({ ID, Spec }) => !ids.has(ID) && DIGEST_LABEL in (Spec.Labels ?? {}),
      );
      for (const { ID } of former) {
        try {
          await removeObject(engine, kind, ID, signal);
        } catch (error) {
          if (!isEngineError(error, "in-use")) throw error;
        }
      }
    }
  });
}
