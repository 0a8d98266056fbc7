import { createHash, randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import { DIGEST_LABEL, IDENTITY_LABEL, ownerLabels, SALT_LABEL, type Owner } from "../../schema/owner";
import type { SwarmObject } from "../../docker/api/object";
import type { ObjectKind } from "../../docker/objects";

/** A text, or bytes. */
export type Content = string | Uint8Array;

/** Which object it is a version of. */
export const NAME_LABEL = "pulumi-swarm.name";

/** The labels that say which object it is a version of. */
export function versionLabels({ owner, name }: { owner: Owner; name: string }): Record<string, string> {
  return ownerLabels(owner, { [NAME_LABEL]: name });
}

/** Those of them by which all its versions are found: former ones have the names of their time, where a stack was renamed. */
export function ownVersions(object: { owner: Owner; name: string }): Record<string, string> {
  const { id } = object.owner;
  return id ? { [IDENTITY_LABEL]: id, [NAME_LABEL]: object.name } : versionLabels(object);
}

/** The digest of a new version's content, and the labels by which {@link holdsContent} knows that content again. */
export function contentLabels(
  kind: ObjectKind,
  data: Content,
): { digest: string; labels: Record<string, string> } {
  const salt = kind === "secret" ? randomBytes(16).toString("hex") : "";
  const digest = digestOf(kind, data, salt);
  return { digest, labels: { [DIGEST_LABEL]: digest, ...(salt ? { [SALT_LABEL]: salt } : {}) } };
}

/** Whether an object holds just this content. Its data cannot be asked for where it is a secret: its labels tell. */
export function holdsContent(
  { Spec }: SwarmObject,
  kind: ObjectKind,
  inputs: { data: Content; templated?: boolean },
): boolean {
  const salt = Spec.Labels?.[SALT_LABEL] ?? "";
  const wanted = Buffer.from(digestOf(kind, inputs.data, salt));
  const actual = Buffer.from(Spec.Labels?.[DIGEST_LABEL] ?? "");
  return (
    wanted.length === actual.length &&
    timingSafeEqual(wanted, actual) &&
    isTemplated(Spec) === (inputs.templated ?? false)
  );
}

export function isTemplated({ Templating }: SwarmObject["Spec"]): boolean {
  return Templating !== undefined && Templating.Name !== "";
}

/** A secret's digest is salted and slow to compute, so that it does not help to guess a weak secret. */
function digestOf(kind: ObjectKind, data: Content, salt: string): string {
  if (kind === "config") return createHash("sha256").update(data).digest("hex");
  return scryptSync(data, salt, 32).toString("hex");
}
