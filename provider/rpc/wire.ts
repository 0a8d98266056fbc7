import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN, type Properties } from "../values";

/**
 * Pulumi's values on the wire, both ways. Secrets arrive wrapped and must leave wrapped; values that are not known
 * during a preview arrive as one magic string. The constants are Pulumi's wire protocol
 * (sdk/nodejs/runtime/rpc.ts in pulumi/pulumi).
 */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Decoded {
  /** Plain values: secrets unwrapped, {@link UNKNOWN} in place of what is not known yet. */
  values: Properties;
  /** Names of the top-level properties that hold a secret somewhere inside. */
  secrets: Set<string>;
  /** The texts in these secrets. */
  secretTexts?: Set<string>;
}

export function decode(struct: Struct | undefined): Decoded {
  const secrets = new Set<string>();
  const secretTexts = new Set<string>();
  const values: Properties = {};
  for (const [name, raw] of Object.entries(struct?.toJavaScript() ?? {})) {
    values[name] = plain(raw, (secret) => {
      secrets.add(name);
      for (const text of textsIn(secret)) secretTexts.add(text);
    });
  }
  return { values, secrets, secretTexts };
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(textsIn) : [];
}

/** `secrets` names the top-level properties that leave wrapped. Undefined values are left out: Pulumi takes none. */
export function encode(values: Properties, secrets: ReadonlySet<string>): Struct {
  const wire: Properties = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const stripped = toWire(value);
    wire[name] = secrets.has(name) ? { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: stripped } : stripped;
  }
  return Struct.fromJavaScript(wire as Parameters<typeof Struct.fromJavaScript>[0]);
}

/** The same properties, wrapped as they are, and some more, which hold no secret. */
export function withMore(struct: Struct | undefined, values: Properties): Struct {
  const more = struct?.clone() ?? new Struct();
  for (const [name, value] of encode(values, new Set()).getFieldsMap().entries())
    more.getFieldsMap().set(name, value);
  return more;
}

function plain(raw: unknown, onSecret: (value: unknown) => void): unknown {
  if (raw === UNKNOWN_VALUE) return UNKNOWN;
  if (Array.isArray(raw)) return raw.map((item) => plain(item, onSecret));
  if (raw === null) return undefined;
  if (typeof raw !== "object") return raw;
  const object = raw as Properties;
  if (object[SIGNATURE_KEY] === SECRET_SIGNATURE) {
    const value = plain(object.value, onSecret);
    onSecret(value);
    return value;
  }
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, plain(value, onSecret)]));
}

function toWire(value: unknown): unknown {
  if (value === UNKNOWN) return UNKNOWN_VALUE;
  // Only inside of a list, where leaving it out would move the others.
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(toWire);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(kept.map(([key, inner]) => [key, toWire(inner)]));
}
