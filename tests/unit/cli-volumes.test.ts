import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { asPart, refuseFile } from "../../cli/part-file";
import { renderVolumes, type VolumeRow } from "../../cli/volumes-view";
import type { ContainerSummary } from "../../docker/api/container";
import type { Service } from "../../docker/api/service";
import type { Volume } from "../../docker/api/volume";
import { liesHere, volumesOn } from "../../swarm/volumes/node-volumes";
import type { DockerClient } from "../../transport/docker-client";
import { showBytes } from "../../validation/bytes";

const ID = "3f".repeat(32);
const row = (changes: Partial<VolumeRow>): VolumeRow => ({
  ...{ node: "app-1", volume: "shop_data", driver: "local", services: [], running: [] },
  ...changes,
});

test("volumes are told with who uses them, and what has no name is short", () => {
  const rows = [
    row({ services: ["shop_db"], running: ["shop_db", "shop_db"], bytes: 1536, stack: "shop" }),
    row({ volume: "old_data", stack: "old", bytes: 0 }),
    row({ node: "app-2", volume: ID, running: ["by-hand"], bytes: 3 * 2 ** 30 }),
  ];
  expect(renderVolumes(rows)).toBe(
    [
      "NODE   VOLUME                  SERVICES          SIZE     USED BY",
      "app-1  shop_data               shop_db           1.5 KiB  2 running tasks",
      "app-1  old_data                none (stack old)  0 B      none",
      "app-2  3f3f3f3f3f3f (no name)  none              3.0 GiB  container by-hand",
    ].join("\n"),
  );
  expect(renderVolumes([])).toBe("No volumes.");
});

test("another driver is told, and its size is not known", () => {
  expect(renderVolumes([row({ driver: "rexray" })]).split("\n")).toEqual([
    "NODE   VOLUME     DRIVER  SERVICES  SIZE  USED BY",
    "app-1  shop_data  rexray  none            none",
  ]);
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [10 * 2 ** 20, "10 MiB"],
  [5 * 2 ** 50, "5120 TiB"],
])("%d bytes are %s", (bytes, text) => expect(showBytes(bytes)).toBe(text));

/** An engine with these volumes and containers. */
function engine(volumes: Partial<Volume>[], containers: Partial<ContainerSummary>[]): DockerClient {
  const answers: Record<string, unknown> = {
    "/volumes": { Volumes: volumes },
    "/containers/json": containers,
  };
  return { get: (_action: string, at: string) => Promise.resolve(answers[at]) } as unknown as DockerClient;
}

function service(Name: string, Source?: string): Service {
  const Mounts = [{ Type: "volume", Source }];
  return { Spec: { Name, TaskTemplate: { ContainerSpec: { Image: "i", Mounts } } } } as Service;
}

test("a volume is whose tasks have it, and who asks for it by name; others' binds of that name are not it", async () => {
  const task = (name: string, State: string, mount: object) => ({
    ...{ Id: "1".repeat(64), Names: [`/${name}.1.x`], State, Mounts: [mount] },
    Labels: { "com.docker.swarm.service.name": name },
  });
  const volumes = [{ Name: "data", Driver: "local", Labels: { "com.docker.stack.namespace": "shop" } }];
  const containers = [
    task("templated", "running", { Type: "volume", Name: "data" }),
    task("ended", "exited", { Type: "volume", Name: "data" }),
    task("bound", "running", { Type: "bind", Name: "data" }),
    { ...task("by-hand", "running", { Type: "volume", Name: "data" }), Names: ["/by-hand"], Labels: {} },
  ];
  const services = [service("asking", "data"), service("other", "rows"), service("nameless")];
  const [found] = await volumesOn(engine(volumes, containers), services);
  expect(found).toMatchObject({
    ...{ name: "data", services: ["asking", "ended", "templated"], stack: "shop" },
    ...{ running: ["templated", "by-hand"], options: {} },
  });
});

test.each([
  ["local", {}, true],
  ["local", { type: "none", o: "bind", device: "/srv/data" }, true],
  ["local", { type: "nfs4", o: "addr=192.0.2.1", device: ":/data" }, false],
  ["rexray", {}, false],
])("files of driver %s with %j lie on the machine: %s", (driver, options, here) =>
  expect(liesHere({ driver, options: options as Record<string, string> })).toBe(here),
);

describe("the file of a backup", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "part-file-"));
  const file = path.join(folder, "data.tar");
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is what it was where its writing failed, and nothing else is left", async () => {
    writeFileSync(file, "before");
    const failing = asPart(file, async (part) => {
      writeFileSync(part, "half");
      throw new Error("the disk is full");
    });
    await expect(failing).rejects.toThrow("the disk is full");
    expect(readdirSync(folder)).toEqual(["data.tar"]);
    expect(readFileSync(file, "utf8")).toBe("before");
  });

  test("is not overwritten unless told so, and its folder is there", () => {
    expect(() => refuseFile(file, false)).toThrow(/is there already and was left as it is/);
    expect(() => refuseFile(file, true)).not.toThrow();
    expect(() => refuseFile(path.join(folder, "none", "data.tar"), false)).toThrow(/There is no folder/);
  });
});
