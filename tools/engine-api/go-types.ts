/** Fields of a struct by their name in JSON, with their type and whether an empty one is left out. */
type Struct = Map<string, { type: string; omits: boolean }>;

const STRUCT = /^type (\w+) struct \{\n([\s\S]*?)^\}/gm;
const FIELD = /^\t(\w+)(?:[ \t]+([^\s`/][^`/]*?))?(?:[ \t]+`json:"([^"]*)"[^`]*`)?[ \t]*(?:\/\/.*)?$/gm;

/**
 * Moby's types, in Go: they say what the engine leaves out of its answers, which its specification does not. An empty text,
 * number, list or pointer is left out where the field has `omitempty`, and an empty list or pointer is null without it; a
 * struct is always there.
 */
export class GoTypes {
  private readonly structs = new Map<string, Struct>();

  /** @param source - Go code of one package */
  constructor(source: string) {
    for (const [, name, body] of source.matchAll(STRUCT)) {
      const fields: Struct = new Map();
      for (const [, field, type, tag] of body.matchAll(FIELD)) {
        const [given, ...options] = (tag ?? "").split(",");
        // A field without a type is an embedded struct, whose fields are the struct's own.
        if (type === undefined) fields.set(`+${field}`, { type: field, omits: false });
        else if (given !== "-")
          fields.set(given || field, { type, omits: options.some((one) => /^omit/.test(one)) });
      }
      this.structs.set(name, fields);
    }
  }

  /** Whether the engine may leave a property out, or send null; nothing where the types do not have it. */
  mayBeAbsent(struct: string, path: string): boolean | undefined {
    let type = struct;
    let absent: boolean | undefined;
    for (const [step] of path.matchAll(/[^.[\]{}]+|\[\]|\{\}/g)) {
      const inside = type.replace(/^\*/, "");
      if (step === "[]" || step === "{}") {
        type = inside.replace(/^(\[\]|map\[\w+\])/, "");
        continue;
      }
      const field = this.field(inside, step);
      if (!field) return undefined;
      type = field.type;
      absent =
        this.structs.has(type) || /^time\.Time$/.test(type)
          ? false
          : field.omits || /^(\*|\[|map)/.test(type);
    }
    return absent;
  }

  private field(struct: string, name: string): { type: string; omits: boolean } | undefined {
    const fields = this.structs.get(struct.split(".").at(-1) ?? "");
    if (!fields) return undefined;
    const embedded = [...fields].filter(([key]) => key.startsWith("+")).map(([key]) => key.slice(1));
    return (
      fields.get(name) ?? embedded.map((key) => this.field(key, name)).find((found) => found !== undefined)
    );
  }
}
