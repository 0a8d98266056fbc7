import type { TestSwarm } from "../../../testing/testing";
import { fixture, inside, onNode, stackSwarm } from "./stack-swarm";

jest.setTimeout(300_000);

let swarm: TestSwarm;

beforeAll(async () => {
  swarm = await stackSwarm();
  const env = { SITE: "example.org", PASSWORD: "hunter2" };
  await swarm.deploy(fixture("storage.yml"), { name: "store", env });
});
afterAll(() => swarm?.stop());

const disk = (command: string) => inside(swarm, "store_disk", command);
/** Type, and options, of what is mounted at a place. */
const mountAt = (place: string) => disk(`grep ' ${place} ' /proc/mounts | tail -1`);
const onWorker = (...args: string[]) => onNode(swarm, "worker-1", "docker", ...args);

test("a named volume is on the node of its task, writable or not, with its labels", async () => {
  await disk("echo kept > /data/file");
  expect(await disk("cat /again/file; touch /again/file 2>&1 || true")).toMatch(
    /^kept\n.*Read-only file system/,
  );
  const [volume] = JSON.parse(await onWorker("volume", "inspect", "store_data")) as { Labels: object }[];
  expect(volume.Labels).toMatchObject({ kept: "no", "com.docker.stack.namespace": "store" });
});

test("a volume takes what the image has there, or nothing with nocopy, and options of its driver", async () => {
  expect(await disk("ls /www")).toBe("");
  expect(await mountAt("/small")).toMatch(/^tmpfs \/small tmpfs .*size=2048k,mode=750,uid=1000/);
  expect(await mountAt("/scratch")).toMatch(/ rw/);
});

test("a tmpfs has its size, and binds lead to the node, read-only where they are", async () => {
  expect(await mountAt("/fast")).toMatch(/^tmpfs \/fast tmpfs .*size=1024k/);
  expect(await disk("cat /node-name; cat /kernel/ostype")).toBe("worker-1\nLinux");
  expect(await disk("(echo x >> /node-name) 2>&1 || true")).toMatch(/Read-only file system/);
  await disk("echo from the task > /node-tmp/pulumi-swarm-storage");
  expect(await onNode(swarm, "worker-1", "cat", "/tmp/pulumi-swarm-storage")).toBe("from the task");
  await onNode(swarm, "worker-1", "rm", "/tmp/pulumi-swarm-storage");
  expect(await disk("grep ' /node-tmp ' /proc/self/mountinfo")).toMatch(/ master:\d+ /);
});

test("each task has the volume that its template names", async () => {
  const of = (volume: string) =>
    onWorker("run", "--rm", "--volume", `${volume}:/data`, "pulumi-swarm-test-app:1", "cat", "/data/slot");
  expect([await of("own-1"), await of("own-2")]).toEqual(["1", "2"]);
});

test("configs and secrets lie where they are to be, with owner, group and mode", async () => {
  const stat = (file: string) => disk(`stat -c '%a %u:%g' ${file}; cat ${file}`);
  expect(await stat("/plain")).toBe("444 0:0\nlisten 80;");
  expect(await stat("/etc/site/site.conf")).toBe("640 65534:1000\nserver example.org;");
  expect(await stat("/run/secrets/password")).toBe("444 0:0\nhunter2");
  expect(await stat("/run/secrets/service.key")).toBe("400 1000:65534\na key of nobody");
  expect(await stat("/etc/ssl/service.key")).toBe("400 0:0\na key of nobody");
  // A secret never touches the disk.
  expect(await mountAt("/run/secrets/password")).toMatch(/^tmpfs /);
});

test("a config with a template driver is filled in for the task", async () => {
  expect(await disk("cat /etc/whole")).toBe("store_disk in north: hunter2");
});
