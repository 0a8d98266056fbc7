import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import type * as pbTypes from "@pulumi/pulumi/proto/provider_pb";
import { ConfigureRequest, GetSchemaRequest } from "@pulumi/pulumi/proto/provider_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { packageSchema } from "../../schema/package-schema";
import { ownerLabels } from "../../schema/owner";
import { NOTHING, leftovers, removeLeftovers } from "../e2e/harness/leftovers";
import { projectRoot } from "../../tools/setup/paths";
import { docker } from "../e2e/harness/docker";
import { ProviderProcess, UNKNOWN, call, secret } from "./provider-process";

const cluster = `rpc-${randomBytes(3).toString("hex")}`;
const owner = { project: "pulumi-swarm", stack: "test", cluster, id: randomBytes(16).toString("hex") };
const SECRET_TEXT = "a secret that no message may show";
const managers = [{ name: "manager-1", connection: { container: `${cluster}-nowhere` } }];
const swarm = {
  owner,
  managers: [{ ...managers[0], advertiseAddr: "192.0.2.1" }],
  ephemeral: true,
  unlocked: true,
};

jest.setTimeout(60_000);

let provider: ProviderProcess;

beforeAll(async () => void (provider = await ProviderProcess.start()));

afterAll(async () => {
  await provider?.stop();
  await removeLeftovers(cluster);
});

describe("the process", () => {
  test("tells its version", async () => {
    const { version } = JSON.parse(readFileSync(path.join(projectRoot, "package.json"), "utf8")) as {
      version: string;
    };
    const info = await call<Empty, PluginInfo>(provider.client, "getPluginInfo", new Empty());
    expect(info.getVersion()).toBe(version);
  });

  test("shows what the package is, as `pulumi package get-schema` prints it", async () => {
    const answer = await call<pbTypes.GetSchemaRequest, pbTypes.GetSchemaResponse>(
      provider.client,
      "getSchema",
      new GetSchemaRequest(),
    );
    expect(JSON.parse(answer.getSchema())).toEqual(packageSchema());
  });

  test("supports previews and takes secrets", async () => {
    const answer = await call<ConfigureRequest, pbTypes.ConfigureResponse>(
      provider.client,
      "configure",
      new ConfigureRequest(),
    );
    expect([answer.getSupportspreview(), answer.getAcceptsecrets()]).toEqual([true, true]);
  });

  test("refuses a resource type that it does not have, by name", async () => {
    await expect(provider.check("Swan", {})).rejects.toThrow(
      /no resource type "swarm:index:Swan".*swarm:index:Swarm/,
    );
    // It lives on.
    expect(await provider.check("LocalNetwork", { name: cluster, owner })).toEqual([]);
  });
});

describe("check", () => {
  test("names a property that does not exist, and those that do", async () => {
    const problems = await provider.check("LocalNetwork", { name: cluster, owner, subnett: "10.1.0.0/24" });
    expect(problems).toEqual([expect.stringMatching(/subnett: is not known here\. Did you mean "subnet"/)]);
  });

  test("reports every bad value at once", async () => {
    const bad = { snapshotInterval: 0, nodeCertExpiry: "1 fortnight", dataPathPort: 80 };
    const problems = await provider.check("Swarm", { ...swarm, ...bad });
    expect(problems.sort()).toEqual([
      expect.stringMatching(/dataPathPort.*80/),
      expect.stringMatching(/nodeCertExpiry.*1 fortnight/),
      expect.stringMatching(/snapshotInterval.*0/),
    ]);
  });

  test("reports a value of another type once, and a key that nobody reads, however deep", async () => {
    const [manager] = swarm.managers;
    const connection = { host: "192.0.2.1", hostKey: "SHA256:x", prot: 22, password: secret(SECRET_TEXT) };
    const problems = await provider.check("Swarm", {
      ...swarm,
      managers: [manager, { ...manager, connection }],
      snapshotInterval: "often",
    });
    expect(problems).toEqual([
      'managers[1].connection.prot: is not known here. Did you mean "port"?',
      'snapshotInterval: "often" is not a number. Write it without quotes.',
    ]);
  });

  test("does not miss what a resource that came to nothing would have told; a create does", async () => {
    const { unlocked: _unlocked, ...inputs } = swarm;
    expect(await provider.check("Swarm", inputs)).toEqual([]);
    const missing =
      /nothing was changed:\n {2}- unlocked: is missing, and has no default\. What it is: Whether no manager/;
    await expect(provider.create("Swarm", inputs, true)).rejects.toThrow(missing);
    await expect(provider.create("Swarm", inputs)).rejects.toThrow(missing);
  });

  test("leaves values alone that are not known yet", async () => {
    const inputs = {
      ...swarm,
      managers: UNKNOWN,
      snapshotInterval: UNKNOWN,
      nodeCertExpiry: UNKNOWN,
    };
    expect(await provider.check("Swarm", inputs)).toEqual([]);
    expect(
      await provider.check("Secret", { owner, managers, clusterId: UNKNOWN, name: "x", data: UNKNOWN }),
    ).toEqual([]);
  });

  test("judges a secret without showing it", async () => {
    const data = SECRET_TEXT.repeat(20_000);
    const problems = await provider.check("Secret", {
      owner,
      managers,
      clusterId: "c",
      name: "x",
      data: secret(data),
    });
    expect(problems).toEqual([expect.stringMatching(/data.* bytes/)]);
    expect(problems[0]).not.toContain(SECRET_TEXT);
  });
});

describe("diff", () => {
  const inputs = { ...swarm, taskHistoryRetentionLimit: 5 };
  const state = { ...inputs, clusterId: "c", managerToken: secret("t"), workerToken: secret("t") };
  const nothing = { changes: false, diffs: [], replaces: [] };

  test("finds nothing where nothing changed, and not for an input that is left out as before", async () => {
    expect(await provider.diff("Swarm", state, inputs)).toMatchObject(nothing);
  });

  test("updates a setting that can change in place", async () => {
    expect(await provider.diff("Swarm", state, { ...inputs, taskHistoryRetentionLimit: 2 })).toMatchObject({
      changes: true,
      diffs: ["taskHistoryRetentionLimit"],
      replaces: [],
    });
  });

  test("replaces for a setting that is fixed at init, the old one first", async () => {
    expect(await provider.diff("Swarm", state, { ...inputs, defaultAddrPool: ["10.99.0.0/16"] })).toEqual({
      changes: true,
      diffs: ["defaultAddrPool"],
      replaces: ["defaultAddrPool"],
      deleteBeforeReplace: true,
    });
  });

  test("keeps an object that is only reached in another way, and touches nothing to record that", async () => {
    const elsewhere = { connection: { container: "elsewhere" } };
    const moved = { ...inputs, managers: [{ ...swarm.managers[0], ...elsewhere }] };
    expect(await provider.diff("Swarm", state, moved)).toMatchObject({
      changes: true,
      diffs: ["managers"],
      replaces: [],
    });
    // No machine of these names exists, so an update that opened a connection would fail.
    const updated = await provider.update("Swarm", { id: "c", properties: state }, moved);
    const { managers: _former, ephemeral: _recorded, ...outputs } = state;
    expect(updated).toEqual(outputs);
  });

  test("counts a value that is not known yet as changed", async () => {
    const unknown = { ...inputs, taskHistoryRetentionLimit: UNKNOWN };
    expect(await provider.diff("Swarm", state, unknown)).toMatchObject({
      diffs: ["taskHistoryRetentionLimit"],
    });
  });

  test("takes a secret for the value inside of it", async () => {
    const old = {
      owner,
      managers,
      clusterId: "c",
      name: "x",
      data: secret("one"),
      objectId: "o",
      objectName: "x-1",
    };
    const now = { owner, managers, clusterId: "c", name: "x", data: "one" };
    expect(await provider.diff("Secret", old, now)).toMatchObject(nothing);
    expect(await provider.diff("Secret", old, { ...now, data: secret("two") })).toMatchObject({
      replaces: ["data"],
    });
  });
});

describe("previews", () => {
  test("a create answers with unknown outputs and makes nothing", async () => {
    const inputs = { name: cluster, owner };
    const { id, properties } = await provider.create("LocalNetwork", inputs, true);
    expect(id).toBe("");
    expect(properties).toEqual({ ...inputs, networkId: UNKNOWN, range: UNKNOWN });
    expect(await leftovers(cluster)).toEqual(NOTHING);
  });

  test("an update keeps known outputs, but for those that it renews", async () => {
    const inputs = swarm;
    const state = {
      ...inputs,
      clusterId: "c",
      managerToken: secret("m"),
      workerToken: secret("w"),
      unlockKey: secret("u"),
    };
    const news = { ...inputs, rotateWorkerToken: "2" };
    const properties = await provider.update("Swarm", { id: "c", properties: state }, news, true);
    const { managers: _reached, ephemeral: _recorded, ...outputs } = state;
    expect(properties).toEqual({
      ...outputs,
      rotateWorkerToken: "2",
      workerToken: secret(UNKNOWN),
      workerTokenRotatedAt: UNKNOWN,
    });
  });

  test("what is secret leaves wrapped, also where the program gave it plainly", async () => {
    const inputs = { owner, managers, clusterId: "c", name: "x", data: SECRET_TEXT };
    expect((await provider.create("Secret", inputs, true)).properties.data).toEqual(secret(SECRET_TEXT));
    const labelled = { ...inputs, labels: secret({ a: "b" }) };
    expect((await provider.create("Secret", labelled, true)).properties.labels).toEqual(secret({ a: "b" }));
  });
});

describe("a real network", () => {
  const inputs = { name: cluster, owner, subnet: secret("10.231.77.0/24") };
  const networkId = () => docker("network", "inspect", "--format", "{{.Id}}", cluster);

  test("is created, read, updated and deleted", async () => {
    const created = await provider.create("LocalNetwork", inputs);
    expect(created.properties).toEqual({ ...inputs, networkId: await networkId(), range: "10.231.77.0/24" });

    // An interrupted run left it: the next create adopts it.
    expect(await provider.create("LocalNetwork", inputs)).toEqual(created);

    const found = await provider.read("LocalNetwork", created);
    expect(found).toEqual({ ...created, inputs });

    // What is only recorded is in the inputs, and not in the outputs again.
    const news = { ...inputs, defaultAddrPool: ["10.240.0.0/16"] };
    const updated = await provider.update("LocalNetwork", created, news);
    expect(updated).toEqual(created.properties);
    expect(await networkId()).toBe(created.properties.networkId);

    await provider.delete("LocalNetwork", { id: created.id, properties: updated });
    expect(await leftovers(cluster)).toEqual(NOTHING);
    expect((await provider.read("LocalNetwork", created)).id).toBe("");
    // A run that was killed before it heard of the delete repeats it.
    await provider.delete("LocalNetwork", { id: created.id, properties: updated });
  });

  test("that is somebody else's is neither taken nor deleted", async () => {
    await docker("network", "create", cluster);
    await expect(provider.create("LocalNetwork", { name: cluster, owner })).rejects.toThrow(
      /belongs to no project/,
    );
    const id = await networkId();
    const state = { name: cluster, owner, networkId: id, range: "" };
    expect((await provider.read("LocalNetwork", { id, properties: state })).id).toBe("");
    await provider.delete("LocalNetwork", { id, properties: state });
    expect(await networkId()).toBe(id);
    await docker("network", "rm", cluster);
  });

  test("of another identity under the same names is refused, in a preview as well, and both are named", async () => {
    const first = await provider.create("LocalNetwork", { name: cluster, owner });
    const theirs = { name: cluster, owner: { ...owner, id: "ffff0000ffff0000" } };
    const [named, shown] = [`project pulumi-swarm, stack test, cluster ${cluster}`, owner.id.slice(0, 8)];
    await expect(provider.create("LocalNetwork", theirs)).rejects.toThrow(
      `The network "${cluster}" exists and belongs to ${named} (identity ${shown}), ` +
        `and this is ${named} (identity ffff0000). It was left as it is. Choose another name for this cluster ` +
        "(`pulumi config set cluster NAME`, or in the program), end that one where it was made (`npm run down` in its checkout)",
    );
    const unmade = { name: cluster, owner: { ...owner, id: UNKNOWN } };
    await expect(provider.create("LocalNetwork", unmade, true)).rejects.toThrow(/exists and belongs to/);

    const properties = { ...first.properties, ...theirs };
    expect((await provider.read("LocalNetwork", { id: first.id, properties })).id).toBe("");
    await provider.delete("LocalNetwork", { id: first.id, properties });
    expect(await networkId()).toBe(first.id);
    await provider.delete("LocalNetwork", first);
    expect(await leftovers(cluster)).toEqual(NOTHING);
  });

  test("from before there were identities is ours where the state lists it, and nowhere else", async () => {
    const { id: _none, ...names } = owner;
    const labels = Object.entries(ownerLabels(names)).flatMap((label) => ["--label", label.join("=")]);
    await docker("network", "create", ...labels, cluster);
    await expect(provider.create("LocalNetwork", { name: cluster, owner })).rejects.toThrow(
      /exists and belongs to/,
    );
    const id = await networkId();
    const listed = { id, properties: { name: cluster, owner, networkId: id, range: "" } };
    expect((await provider.read("LocalNetwork", listed)).id).toBe(id);
    const former = { ...listed.properties, owner: names };
    expect(await provider.diff("LocalNetwork", former, { name: cluster, owner })).toMatchObject({
      diffs: ["owner"],
      replaces: [],
    });
    await provider.delete("LocalNetwork", listed);
    expect(await leftovers(cluster)).toEqual(NOTHING);
  });
});

test("a create that fails shows no secret", async () => {
  const inputs = { owner, managers, clusterId: "c", name: SECRET_TEXT, data: secret(SECRET_TEXT) };
  const failed = provider.create("Secret", inputs);
  await expect(failed).rejects.toThrow(/name/);
  await expect(failed).rejects.not.toThrow(SECRET_TEXT);

  const unreachable = provider.create("Secret", { ...inputs, name: "x" });
  await expect(unreachable).rejects.toThrow(new RegExp(`manager-1: ${cluster}-nowhere`));
  await expect(unreachable).rejects.not.toThrow(SECRET_TEXT);
});

test("stdout held the port and nothing else, all this time", () => {
  expect(provider.stdout).toMatch(/^\d+\n$/);
});
