import { readFileSync } from "node:fs";
import path from "node:path";
import { GoTypes } from "../../tools/engine-api/go-types";
import { ourProperties } from "../../tools/engine-api/our-types";
import { specified } from "../../tools/engine-api/specification";
import { projectRoot } from "../../tools/setup/paths";
import { nodeName } from "../../swarm/nodes/node-name";
import { isUnheard } from "../../swarm/nodes/heard-nodes";
import type { SwarmNodeInspect } from "../../docker/api/node";

/** What moby's types would leave out where it is empty, and never is. */
const NEVER_EMPTY: [RegExp, string][] = [
  [/(^|\.)Version\.Index$/, "counts from the first write on"],
  [/(^|\.)Labels$/, "made where there are none (moby, daemon/cluster/convert, annotationsFromGRPC)"],
  [/^(Service|Config|Swarm)(Spec)?(\.Spec)?\.Name$/, "asked for when it is created; the swarm's is default"],
  [
    /\.(Role|Availability|State|DesiredState|Reachability|Protocol|PublishMode)$/,
    "a word for each value, zero as well",
  ],
  [/\.TargetPort$/, "asked for in each port"],
  [/\.ContainerSpec\.Image$/, "asked for in each service of containers"],
  [/TLSInfo\.(TrustRoot|CertIssuerPublicKey)$/, "filled in together"],
  [/\.(Replicas|TotalCompletions)$/, "1 where nobody gives it (moby, daemon/cluster/convert)"],
  [/\.Templating\.Name$/, "the name of the driver is all that it has"],
];

const { versions, facts } = JSON.parse(
  readFileSync(path.join(__dirname, "fixtures", "engine-api.json"), "utf8"),
) as { versions: string; facts: Record<string, string> };
const ours = ourProperties(path.join(projectRoot, "docker", "api"));
const name = ({ definition, path: at }: { definition: string; path: string }) => `${definition}.${at}`;

describe(`our types of the Engine API, against its versions ${versions}`, () => {
  test("have been compared, each property: node tools/start.js tools/engine-api/main MOBY_GIT_DIR", () => {
    expect(ours.length).toBeGreaterThan(150);
    expect(ours.map(name).filter((property) => !(property in facts))).toEqual([]);
  });

  test("name nothing that the API does not have, and give each its kind", () => {
    const wrong = ours.filter((property) => {
      const [oldest, newest, word] = facts[name(property)].split(" ");
      if (oldest === "-" && newest === "-") return word === "?";
      const isGone = oldest === "-" || newest === "-";
      return (isGone && !property.mayBeAbsent) || ![oldest, newest].includes(property.kind);
    });
    expect(wrong.map((property) => `${name(property)}: ${facts[name(property)]}`)).toEqual([]);
  });

  test("say of nothing that it is always there, where the engine may leave it out", () => {
    const wrong = ours
      .filter(({ mayBeAbsent }) => !mayBeAbsent)
      .map(name)
      .filter((property) => facts[property].endsWith("may be absent"))
      .filter((property) => !NEVER_EMPTY.some(([pattern]) => pattern.test(property)));
    expect(wrong).toEqual([]);
  });
});

describe("a node that has not reported yet", () => {
  const node = {
    ID: "abc123",
    Spec: { Labels: {}, Role: "worker", Availability: "active" },
    Description: { Engine: {} },
    Status: { State: "unknown" },
  } as SwarmNodeInspect;

  test("is called by its ID", () => {
    expect(nodeName(node)).toBe("abc123");
    expect(nodeName({ ...node, Description: { ...node.Description, Hostname: "web" } })).toBe("web");
  });

  test("is not waited for to be heard from again", () => {
    expect(isUnheard(node)).toBe(false);
    expect(isUnheard({ ...node, Description: { ...node.Description, Hostname: "web" } })).toBe(true);
  });
});

describe("what the specification is read by", () => {
  test("Go's types: empty ones are left out, embedded structs are part of theirs, structs are always there", () => {
    const types = new GoTypes(
      [
        "type Meta struct {",
        '\tCreatedAt time.Time `json:",omitempty"`',
        "}",
        "type Node struct {",
        "\tID string",
        "\tMeta",
        "\t// Spec is a comment.",
        '\tSpec NodeSpec `json:",omitempty"`',
        "\tPeers []Peer",
        "}",
        "type NodeSpec struct {",
        '\tName string `json:"Title,omitempty"` // so it is called',
        "}",
        "type Peer struct {",
        "\tAddr *string",
        "}",
      ].join("\n"),
    );
    const absent = (at: string) => types.mayBeAbsent("Node", at);
    expect(["ID", "CreatedAt", "Spec"].map(absent)).toEqual([false, false, false]);
    expect(["Spec.Title", "Peers", "Peers[].Addr"].map(absent)).toEqual([true, true, true]);
    expect(absent("Spec.Name")).toBeUndefined();
  });

  test("the specification's own: through references, parts, lists and maps", () => {
    const definitions = {
      Node: {
        allOf: [
          { $ref: "#/definitions/Meta" },
          { properties: { Ports: { type: "array", items: { $ref: "#/definitions/Port" } } } },
        ],
      },
      Meta: { properties: { Labels: { type: "object", additionalProperties: { type: "string" } } } },
      Port: { properties: { Number: { type: "integer" } } },
    };
    const kind = (at: string) => specified(definitions, "Node", at);
    expect(["Ports", "Ports[].Number", "Labels", "Labels{}"].map(kind)).toEqual([
      "array",
      "number",
      "object",
      "string",
    ]);
    expect(kind("Ports[].Name")).toBeUndefined();
  });
});
