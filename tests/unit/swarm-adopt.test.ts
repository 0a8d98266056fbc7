import type { NetworkInputs } from "../../schema/objects";
import type { SwarmStackInputs } from "../../schema/stack";
import { ownerLabels, type Owner } from "../../schema/owner";
import type { EngineClient } from "../../docker/engine-client";
import { isForeignIn, isOwnedIn, withAdopted } from "../../swarm/swarm-ownership";
import type { Context } from "../../foundation/context";
import { presentNetwork } from "../../swarm/objects/network-adopt";
import { refuseToPrune, stackOfOthers } from "../../swarm/stacks/stack-adopt";
import { adoptable, adoptedLabels } from "../../swarm/objects/versioned-adopt";
import { holdsContent } from "../../swarm/objects/versioned-content";
import { Session } from "../../foundation/session";

const OWNER: Owner = { project: "p", stack: "s", cluster: "c", id: "1a2b" };
const OTHER: Owner = { project: "p", stack: "s", cluster: "c", id: "3c4d" };
const NOBODY = "no project of pulumi-swarm";

let told: string[];
const context: Context = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => undefined,
  info: (text) => void told.push(`info: ${text}`),
  warn: (text) => void told.push(`warning: ${text}`),
};
beforeEach(() => void (told = []));

/** An engine that answers each path with one object. */
function engine(answers: Record<string, unknown>): EngineClient {
  const all: Record<string, unknown> = { "/swarm": { ID: "swarm", Spec: { Labels: {} } }, ...answers };
  return { get: (_action: string, path: string) => Promise.resolve(all[path]) } as unknown as EngineClient;
}

const place = { owner: OWNER, clusterId: "swarm", managers: [], name: "one", adopt: true };

describe("secrets and configs", () => {
  const object = (spec: object = {}) => ({
    ID: "id",
    Spec: { Name: "one", Labels: { team: "db" }, ...spec },
  });
  const data = (text: string) => Buffer.from(text).toString("base64");

  test("a secret is believed, with a warning; its labels then tell its content as those of a version do", async () => {
    const inputs = { ...place, data: "s3cret" };
    const found = await adoptable(engine({ "/secrets/one": object() }), "secret", inputs, context);
    if (!found) throw new Error("It was not found.");
    expect(told).toEqual([
      `info: takes over the secret "one" (ID id), which belongs to ${NOBODY}`,
      expect.stringMatching(
        /^warning: what the secret "one" \(ID id\) holds cannot be read, so it is believed/,
      ),
    ]);
    const labels = adoptedLabels(found, "secret", inputs);
    expect(labels).toMatchObject({ team: "db", ...ownerLabels(OWNER) });
    const relabelled = { ...found, Spec: { ...found.Spec, Labels: labels } };
    expect(holdsContent(relabelled, "secret", inputs)).toBe(true);
    expect(holdsContent(relabelled, "secret", { ...inputs, data: "another" })).toBe(false);
    expect(JSON.stringify([labels, told])).not.toContain("s3cret");
  });

  test("a config has to hold what the program says", async () => {
    const same = engine({ "/configs/one": object({ Data: data("Hello") }) });
    expect(await adoptable(same, "config", { ...place, data: "Hello" }, context)).toMatchObject({ ID: "id" });
    await expect(adoptable(same, "config", { ...place, data: "Hallo!" }, context)).rejects.toThrow(
      /the config "one" \(ID id\) belongs to no project.*it holds something else, 5 bytes, and the program says 6 bytes\. It was left/,
    );
  });

  test("one that is templated is another one than one that is not", async () => {
    const templated = engine({ "/configs/one": object({ Data: data("a"), Templating: { Name: "golang" } }) });
    await expect(adoptable(templated, "config", { ...place, data: "a" }, context)).rejects.toThrow(
      /has it: it is templated\./,
    );
  });

  test("without the flag it stays beside the program's own, and is told of", async () => {
    const inputs = { ...place, adopt: false, data: "a" };
    expect(await adoptable(engine({ "/secrets/one": object() }), "secret", inputs, context)).toBeUndefined();
    expect(told).toEqual([
      expect.stringMatching(/^warning: the secret "one" .* stays beside this one.*`adopt: true`/),
    ]);
  });

  test("what is ours, and what only begins with the same letters, is not taken over again", async () => {
    const ours = engine({ "/secrets/one": object({ Labels: ownerLabels(OWNER) }) });
    const longer = engine({ "/secrets/one": object({ Name: "one-more" }) });
    for (const found of [ours, longer])
      expect(await adoptable(found, "secret", { ...place, data: "a" }, context)).toBeUndefined();
    expect(told).toEqual([]);
  });

  test("what was a stack's is a stack's no more, and would not go with it", () => {
    const Labels = { "com.docker.stack.namespace": "shop", a: "b" };
    const found = { ID: "id", Version: { Index: 1 }, CreatedAt: "", Spec: { Name: "one", Labels } };
    const labels = adoptedLabels(found, "config", { ...place, data: "a" });
    expect(labels).toHaveProperty("a", "b");
    expect(labels).not.toHaveProperty(["com.docker.stack.namespace"]);
  });
});

describe("networks", () => {
  const network = {
    ...{ Id: "id", Name: "one", Driver: "overlay", Scope: "swarm", Attachable: true, Internal: false },
    ...{ Ingress: false, EnableIPv6: false, Options: {}, Labels: { a: "b" } },
    IPAM: { Config: [{ Subnet: "10.0.1.0/24", Gateway: "10.0.1.1" }] },
  };
  const inputs: NetworkInputs = { ...place, attachable: true };
  const present = (more: Partial<NetworkInputs> = {}) =>
    presentNetwork(engine({ "/networks": [network] }), { ...inputs, ...more }, context);

  test("one with these settings is taken over; what the program leaves open may be any", async () => {
    expect(await present()).toMatchObject({ found: { Id: "id" }, isForeign: true });
    expect(await present({ subnet: "10.0.1.0/24", labels: { a: "b" } })).toMatchObject({ isForeign: true });
    expect(told[0]).toBe(`info: takes over the network "one" (ID id), which belongs to ${NOBODY}`);
  });

  test.each<[Partial<NetworkInputs>, RegExp]>([
    [{ attachable: false }, /attachable is true there and false in the program/],
    [{ encrypted: true }, /encrypted is false there and true in the program/],
    [{ subnet: "10.0.2.0/24" }, /subnet is "10.0.1.0\/24" there and "10.0.2.0\/24" in the program/],
    [{ labels: { c: "d" } }, /labels\.c is not set there and "d" in the program/],
  ])("with %j it cannot be", async (more, told) => {
    await expect(present(more)).rejects.toThrow(told);
  });

  test("without the flag it is refused, with both owners and the way out", async () => {
    await expect(present({ adopt: undefined })).rejects.toThrow(
      /The network "one" .* belongs to no project of pulumi-swarm, and this is project p, stack s, cluster c .*`adopt: true`/,
    );
  });

  test("the swarm remembers who has taken it over, whatever its labels say", () => {
    const theirs = { id: "id", labels: ownerLabels(OTHER) };
    const before = { x: "y" };
    expect(isOwnedIn(before, OWNER, theirs)).toBe(false);
    const after = withAdopted(before, OWNER, "id");
    expect(after).toEqual({ x: "y", "pulumi-swarm.networks.1a2b": "id" });
    expect(isOwnedIn(after, OWNER, theirs)).toBe(true);
    expect(isForeignIn(after, OTHER, theirs)).toBe(true);
    expect(withAdopted(withAdopted(after, OWNER, "second"), OTHER, "id")).toEqual({
      ...{ x: "y", "pulumi-swarm.networks.1a2b": "second", "pulumi-swarm.networks.3c4d": "id" },
    });
  });
});

describe("stacks", () => {
  const service = (name: string, Labels: object = {}) => ({
    ID: `id-${name}`,
    Spec: { Name: `one_${name}`, Labels },
  });
  const inputs = { ...place, composeFiles: [] } as SwarmStackInputs;
  const others = (services: object[], more: Partial<SwarmStackInputs> = {}) =>
    stackOfOthers(engine({ "/services": services }), { ...inputs, ...more }, context);

  test("services of others are taken over by their names and IDs; ours are none of them", async () => {
    const found = await others([service("web"), service("own", ownerLabels(OWNER))]);
    expect(found.map(({ ID }) => ID)).toEqual(["id-web"]);
    expect(told).toEqual([
      `info: takes over the stack one with one_web (ID id-web), which belongs to ${NOBODY}`,
    ]);
  });

  test("without the flag they are refused", async () => {
    await expect(others([service("web")], { adopt: false })).rejects.toThrow(
      /The service "one_web" of the swarm exists and belongs to no project.*`adopt: true`/,
    );
  });

  test("none is ended because the compose files do not have it", async () => {
    const found = await others([service("web"), service("db")]);
    expect(() => refuseToPrune(found, { services: { web: {}, db: {} } }, inputs)).not.toThrow();
    expect(() => refuseToPrune(found, { services: { web: {} } }, inputs)).toThrow(
      /runs one_db, and the compose files have no/,
    );
  });
});
