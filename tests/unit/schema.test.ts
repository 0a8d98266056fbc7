import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { keysOf, packageSchema, shapeOf, type Property } from "../../schema/package-schema";
import type { ResourceType } from "../../schema/resources";
import { projectRoot } from "../../tools/setup/paths";

type Specs = Record<string, Property & Record<string, unknown>>;
const { generate, packageSchema: packageOf } = jest.requireActual<{
  generate: () => Record<string, string>;
  packageSchema: (model: unknown) => { resources: Record<string, Record<string, Specs>>; types: Specs };
}>("../../tools/schema");
const { readModel, CHANGES } = jest.requireActual<{
  readModel: (files: string[], list: string) => unknown;
  CHANGES: string[];
}>("../../tools/schema-read");

// The compiler starts for each of them.
jest.setTimeout(60_000);

describe("what is written", () => {
  test.each(Object.entries(generate()))(
    "%s says what the interfaces say; if not: npm run schema",
    (file, text) => {
      expect(readFileSync(path.join(projectRoot, file), "utf8")).toBe(text);
    },
  );

  test("describes every resource, type and field", () => {
    const { resources, types } = packageSchema();
    const places = [...Object.entries(resources), ...Object.entries(types)] as [
      string,
      Record<string, object>,
    ][];
    const described = places.flatMap(([token, spec]) => [
      [token, spec],
      ...Object.entries({ ...spec.properties, ...spec.inputProperties }).map(([name, field]) => [
        `${token} ${name}`,
        field,
      ]),
    ]);
    const silent = described.filter(([, spec]) => !(spec as Partial<Property>).description);
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  test("no output may be missing: Pulumi would take it for unknown in every preview", () => {
    const optional = Object.entries(packageSchema().resources).flatMap(([token, spec]) =>
      shapeOf(token as ResourceType)
        .outputs.filter((name) => !(spec as { required?: string[] }).required?.includes(name))
        .map((name) => `${token} ${name}`),
    );
    expect(optional).toEqual([]);
  });

  test("is what the provider and the program go by", () => {
    const { inputs, required, changes, outputs, secrets } = shapeOf("swarm:index:SwarmNode");
    expect(required).toEqual(expect.arrayContaining(["clusterId", "managers", "joinToken"]));
    expect(changes).toMatchObject({ clusterId: "replace", role: "update", managers: "connection" });
    expect([outputs, secrets]).toEqual([["nodeId"], ["joinToken"]]);
    expect(Object.keys(inputs)).toEqual(Object.keys(changes));
    expect(keysOf("SshPlatformArgs", "hosts")).not.toContain("hosts");
    expect(keysOf("NodePoolArgs")).toEqual(expect.arrayContaining(["name", "count", "nodeLabels"]));
    expect(() => keysOf("Nothing")).toThrow("No interface called Nothing is tagged @settings");
  });
});

describe("how interfaces are read", () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), "schema-"))));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The package of one resource, `swarm:index:Thing`, with these inputs, one a line. */
  function read(inputs: string[], more = "") {
    const file = path.join(folder, "thing.ts");
    const text = `
      export interface Resources {
        /** A thing. */
        "swarm:index:Thing": { inputs: ThingInputs; outputs: ThingOutputs };
      }
      export interface ThingOutputs {
        /** What opens it. @secret */
        key: string;
      }
      export interface ThingInputs {
        ${inputs.join("\n")}
      }
      ${more}`;
    writeFileSync(file, text);
    return packageOf(readModel([file], "Resources"));
  }

  test("a field's type, text, default, secrecy and what a change of it means", () => {
    const { resources } = read([
      "/** Its size.\n * In bytes.\n * @default 5\n * @change replace @integer */ size?: number;",
    ]);
    const size = { description: "Its size. In bytes. Default: 5.", type: "integer", replaceOnChanges: true };
    const key = { description: "What opens it.", type: "string", secret: true };
    expect(resources["swarm:index:Thing"]).toEqual({
      description: "A thing.",
      inputProperties: { size: { ...size, language: { swarm: { change: "replace" } } } },
      requiredInputs: [],
      properties: { size, key },
      required: ["key"],
    });
  });

  test("types", () => {
    const named = (name: string) => ({ $ref: `#/types/swarm:index:${name}` });
    const cases: [string, object][] = [
      ["string", { type: "string" }],
      ["number", { type: "number" }],
      ["boolean", { type: "boolean" }],
      ["string[]", { type: "array", items: { type: "string" } }],
      ["Record<string, number>", { type: "object", additionalProperties: { type: "number" } }],
      ["boolean | string", { oneOf: [{ type: "boolean" }, { type: "string" }] }],
      ["unknown", { $ref: "pulumi.json#/Any" }],
      ['"a" | "b"', named("ThingField7")],
      ["Letter[]", { type: "array", items: named("Letter") }],
      ["Part", named("Part")],
      ["Omit<Part, 'parts'>", named("ThingField10")],
    ];
    const { resources, types } = read(
      cases.map(([type], index) => `/** Text. @change update */\n field${index}?: ${type};`),
      `export type Letter = "x" | "y";
      /** A part. */
      export interface Part {
        /** Text. */
        a: string;
        /** More of them. */
        parts?: Part[];
      }`,
    );
    const read_ = Object.values(resources["swarm:index:Thing"].inputProperties);
    const specs = read_.map(({ description: _description, language: _language, ...spec }) => spec);
    expect(specs).toEqual(cases.map(([, spec]) => spec));
    expect(types).toMatchObject({
      "swarm:index:Letter": { type: "string", enum: [{ value: "x" }, { value: "y" }] },
      "swarm:index:Part": {
        description: "A part.",
        properties: { parts: { type: "array", items: named("Part") } },
        required: ["a"],
      },
      "swarm:index:ThingField10": { description: "Text.", required: ["a"] },
    });
  });

  test("what a reader would miss is told, all of it at once", () => {
    const inputs = [
      "/** @change update */\n silent: string;",
      "/** Text. */\n unjudged: string;",
      "/** Text. @change sometimes */\n misjudged: string;",
      "/** Text. @change update */\n method: () => void;",
      "/** Text. @change update */\n inner: { a: string };",
    ];
    const changes = CHANGES.join(", ");
    expect(() => read(inputs)).toThrow(
      [
        "ThingInputs.silent has no comment: say what it is, with its unit.",
        "ThingInputs.method is a () => void, which no other language knows.",
        "ThingInner.a has no comment: say what it is, with its unit.",
        `swarm:index:Thing: \`@change \` of unjudged is none of: ${changes}.`,
        `swarm:index:Thing: \`@change sometimes\` of misjudged is none of: ${changes}.`,
      ].join("\n"),
    );
  });
});
