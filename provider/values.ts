/** Stands for a value that is only known once the resources before it exist. */
export const UNKNOWN = Symbol("unknown");

/** Inputs or a state, as they come from Pulumi and go there. */
export type Properties = Record<string, unknown>;

/** Whether a value is, or somewhere holds, one that is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  if (value !== null && typeof value === "object") return Object.values(value).some(hasUnknown);
  return false;
}
