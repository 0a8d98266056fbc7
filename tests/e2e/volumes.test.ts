import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import { extract, pack, type Header } from "tar-stream";
import { backUpVolumeOf } from "../../cli/volume-backup";
import { volumeArchive } from "../../cli/volume-archive";
import { restoreVolumeOf } from "../../cli/volume-restore";
import { lookAtVolumes } from "../../cli/volumes";
import { closeConnections } from "../../docker/connect";
import { waitFor } from "../../foundation/wait";
import { Session } from "../../foundation/session";
import type { RecordedCluster, RecordedNode } from "../../schema/cluster-record";
import { startSwarm, type TestSwarm } from "../../testing/testing";
import { appImage } from "./harness/app-image";
import { docker } from "./harness/docker";

jest.setTimeout(120_000);

/** One swarm whose worker has a volume with files; the tests run in this order. */
let swarm: TestSwarm;
let cluster: RecordedCluster;
const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-volumes-"));
const file = (name: string) => path.join(folder, name);
const printed: string[] = [];

beforeAll(async () => {
  const image = await appImage();
  swarm = await startSwarm({ managers: 1, workers: 1, images: [image], reuse: true });
  const nodes = swarm.nodes.map(({ name, role, address }): RecordedNode => {
    const connection = { container: `${swarm.name}-${name}` };
    return { name, role, availability: "active", labels: {}, connection, address };
  });
  const managers = nodes.filter(({ role }) => role === "manager");
  const owner = { project: "p", stack: "s", cluster: "test" };
  cluster = { cluster: "test", owner, clusterId: "", managers, nodes, stacks: {} };
  await deploy(1);
  await inVolume("worker-1", FILES);
});
afterAll(async () => {
  await swarm?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  printed.length = 0;
  jest.spyOn(console, "error").mockImplementation((text: string) => void printed.push(text));
});

const FILES = "mkdir -m 0750 deep && echo x > deep/file && chown 70:71 deep deep/file && ln -s rows link";

async function deploy(replicas: number): Promise<void> {
  await swarm.deploy(
    {
      services: {
        db: {
          image: await appImage(),
          command: ["sh", "-c", "[ -s /data/rows ] || echo first > /data/rows; exec sleep 100000"],
          init: true,
          stop_grace_period: "1s",
          volumes: ["data:/data"],
          deploy: {
            replicas,
            placement: { constraints: ["node.role==worker"] },
            update_config: { monitor: "1s" },
          },
        },
      },
      volumes: { data: {} },
    },
    { name: "shop" },
  );
}

/** A command in the volume's folder on a node's machine. */
const inVolume = (node: string, command: string) =>
  docker(
    ...["exec", `${swarm.name}-${node}`, "sh", "-c"],
    `cd /var/lib/docker/volumes/shop_data/_data && ${command}`,
  );

/** A service without tasks is deployed while its last one still ends. */
const untilUnused = (node: string) =>
  waitFor<void>(
    { name: "no container has the volume", on: node, intervalMs: 100, timeoutMs: 30_000 },
    async () => {
      const filters = ["--filter", "volume=shop_data", "--quiet"];
      const running = await docker("exec", `${swarm.name}-${node}`, "docker", "ps", ...filters);
      return running === "" ? { done: undefined } : { pending: running };
    },
  );

const backUp = (node: string, name: string, volume = "shop_data") =>
  backUpVolumeOf(cluster, { node, volume, file: file(name) });
const restore = async (name: string, node: string, force = false) =>
  restoreVolumeOf(cluster, await volumeArchive(file(name)), {
    ...{ node, volume: "shop_data", file: file(name), force },
  });

async function entriesOf(archive: Buffer): Promise<Record<string, { header: Header; text: string }>> {
  const entries: [string, { header: Header; text: string }][] = [];
  for await (const entry of Readable.from([archive]).pipe(extract())) {
    entries.push([entry.header.name, { header: entry.header, text: String(await buffer(entry)) }]);
  }
  return Object.fromEntries(entries);
}

test("each volume is told with its node, its services, its size and who uses it", async () => {
  const session = new Session();
  const waiting = { session, signal: new AbortController().signal, progress: () => undefined };
  const looks = await lookAtVolumes(cluster, waiting).finally(() => closeConnections({ session }));
  expect(looks.map((rows) => rows?.filter(({ volume }) => volume === "shop_data"))).toEqual([
    [],
    [
      {
        ...{ node: "worker-1", volume: "shop_data", driver: "local", stack: "shop", bytes: 12 },
        ...{ services: ["shop_db"], running: ["shop_db"] },
      },
    ],
  ]);
});

test("a backup is a tar archive of the files, which only its user can read", async () => {
  await backUp("worker-1", "data.tar");
  expect(printed.join()).toContain("shop_db had the volume meanwhile");
  expect(statSync(file("data.tar")).mode & 0o777).toBe(0o600);
  const entries = await entriesOf(readFileSync(file("data.tar")));
  expect(entries["./rows"].text).toBe("first\n");
  expect(entries["./deep/"].header).toMatchObject({ mode: 0o750, uid: 70, gid: 71 });
  expect(entries["./link"].header).toMatchObject({ type: "symlink", linkname: "rows" });
  await backUp("worker-1", "data.tar.gz");
  const zipped = gunzipSync(readFileSync(file("data.tar.gz")));
  expect(Object.keys(await entriesOf(zipped))).toEqual(Object.keys(entries));
});

test("a node or a volume that is not there is named, with what there is", async () => {
  await expect(backUp("worker-9", "none.tar")).rejects.toThrow(
    "Cluster test has no node worker-9. It has: manager-1, worker-1.",
  );
  await expect(backUp("worker-1", "none.tar", "data")).rejects.toThrow("worker-1 has no volume data. What");
});

test("a volume that tasks use is not restored, whatever is told", async () => {
  await expect(restore("data.tar", "worker-1", true)).rejects.toThrow(
    /^Volume shop_data on worker-1 is in use: shop_db\. Nothing was changed\. Stop .* scale shop_db=0$/,
  );
});

test("a volume that a node does not have is made as its stack would, and gets the files with their owners and modes", async () => {
  await restore("data.tar.gz", "manager-1");
  const labels = ["volume", "inspect", "--format", "{{json .Labels}}", "shop_data"];
  expect(JSON.parse(await swarm.docker(...labels))).toEqual({ "com.docker.stack.namespace": "shop" });
  const listing =
    "stat -c '%n %a %u:%g %Y' . deep deep/file link rows && cat rows deep/file && readlink link";
  expect(await inVolume("manager-1", listing)).toBe(await inVolume("worker-1", listing));
});

const ACL = "user::rw-,user:70:r--,group::r--,mask::r--,other::---";

/** An archive as another tool might make it: no entry for the folder itself, and a file with attributes. */
async function otherArchive(): Promise<Buffer> {
  const archive = pack();
  const pax = { "SCHILY.xattr.user.note": "kept", "SCHILY.acl.access": ACL };
  archive.entry({ name: "noted", mode: 0o640, pax }, "second\n".repeat(10_000));
  archive.finalize();
  return buffer(archive);
}

test("files that are there are replaced only when told so, and only by a whole archive", async () => {
  const archive = await otherArchive();
  writeFileSync(file("other.tar"), archive);
  writeFileSync(file("cut.tar"), archive.subarray(0, -1024));
  // What gzip ends with is missing, and what tar ends with is there.
  writeFileSync(file("cut.tar.gz"), gzipSync(archive).subarray(0, -4));
  writeFileSync(file("text"), "no archive ".repeat(100));
  await expect(restore("other.tar", "manager-1")).rejects.toThrow(
    /^Volume shop_data on manager-1 is not empty\. Nothing was changed\. Take a backup of it .* --force$/,
  );
  await expect(restore("cut.tar", "manager-1", true)).rejects.toThrow(/cut\.tar is incomplete: the end/);
  await expect(restore("text", "manager-1", true)).rejects.toThrow(/text is no tar archive, gzipped or not/);
  await expect(restore("cut.tar.gz", "manager-1", true)).rejects.toThrow(
    /cut\.tar\.gz: unexpected end of file\. Nothing was changed\.$/,
  );
  expect(await inVolume("manager-1", "ls && ls ..")).toBe("deep\nlink\nrows\n_data");
  await restore("other.tar", "manager-1", true);
  expect(await inVolume("manager-1", "ls && ls ..")).toBe("noted\n_data");
});

test("extended attributes and ACLs are there after a restore, and in the next backup", async () => {
  await backUp("manager-1", "again.tar");
  const { "./noted": noted } = await entriesOf(readFileSync(file("again.tar")));
  expect(noted.header).toMatchObject({ mode: 0o640, pax: { "SCHILY.xattr.user.note": "kept" } });
  expect(JSON.stringify(noted.header.pax)).toContain("user:70:r--");
});

test("what is large goes through in pieces, and comes back as it was", async () => {
  await deploy(0);
  await untilUnused("worker-1");
  const digest = "sha256sum large | cut -d ' ' -f 1";
  await inVolume("worker-1", "head -c 50000000 /dev/urandom > large");
  const before = await inVolume("worker-1", digest);
  await backUp("worker-1", "large.tar");
  await restore("large.tar", "worker-1", true);
  expect(await inVolume("worker-1", digest)).toBe(before);
});
