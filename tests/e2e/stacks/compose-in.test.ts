import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startSwarm, type TestSwarm } from "../../../testing/testing";
import { appImage } from "../harness/app-image";

jest.setTimeout(300_000);

const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-stacks-"));
let swarm: TestSwarm;
let image: string;

beforeAll(async () => {
  image = await appImage();
  swarm = await startSwarm({ managers: 1, workers: 1, images: [image], reuse: true });
});
afterAll(async () => {
  await swarm?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, content: string | Buffer): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** No text in any encoding. */
const KEYSTORE = Buffer.from([0xff, 0x00, 0xfe, 0x0a, 0x80]);

/** A stack as people keep them: settings, texts and secrets in files beside the compose file. */
const SHOP = () => `
version: "3.8"
x-common: &common
  image: ${image}
  env_file: common.env
  deploy: { update_config: { monitor: 1s } }
services:
  web:
    <<: *common
    env_file: [common.env, ./web.env]
    environment: { GREETING: "hello \${WHO:?say who}" }
    secrets:
      - token
      - { source: keystore, target: /etc/keys.jks, mode: 0440, uid: "65534" }
    configs:
      - { source: site, target: /etc/site.conf }
      - { source: motd, target: /etc/motd }
      - { source: whose, target: /etc/whose }
  idle:
    <<: *common
secrets:
  token: { file: secrets/token.txt }
  keystore: { file: "./secrets/\${WHO}.jks" }
configs:
  site: { file: ./site.conf, labels: { from: a-file } }
  motd:
    content: |
      Welcome, \${WHO}.
      It costs 5$$.
  whose: { environment: WHO }
`;

const has = async (command: string) => (await swarm.exec("shop_web", ["sh", "-c", command])).stdout;
const list = async (kind: string) =>
  (await swarm.docker(kind, "ls", "--format", "{{.Name}}")).split("\n").filter(Boolean).sort();
const idleTask = () =>
  swarm.docker("service", "ps", "shop_idle", "--quiet", "--filter", "desired-state=running");
const env = { WHO: "world" };

test("env_file, files, contents and variables reach the tasks as they are", async () => {
  write("common.env", "# what all have\nLEVEL=info\nBOTH=common\n");
  write("web.env", 'BOTH=web\nQUOTED="as docker has it"\n');
  write("site.conf", "listen 80;\n");
  write("secrets/token.txt", "hunter2");
  write("secrets/world.jks", KEYSTORE);
  await swarm.deploy(write("shop.yml", SHOP()), { name: "shop", env });
  expect(await has("echo $LEVEL $BOTH $QUOTED $GREETING")).toBe('info web "as docker has it" hello world\n');
  expect(await has("cat /run/secrets/token /etc/site.conf /etc/motd /etc/whose")).toBe(
    "hunter2listen 80;\nWelcome, world.\nIt costs 5$.\nworld",
  );
  expect(await has("od -An -tx1 /etc/keys.jks; stat -c '%a %u' /etc/keys.jks")).toBe(
    " ff 00 fe 0a 80\n440 65534\n",
  );
  expect(await list("config")).toEqual([
    expect.stringMatching(/^shop_motd-\w{10}$/),
    expect.stringMatching(/^shop_site-\w{10}$/),
    expect.stringMatching(/^shop_whose-\w{10}$/),
  ]);
  expect(await list("secret")).toEqual([
    expect.stringMatching(/^shop_keystore-\w{10}$/),
    expect.stringMatching(/^shop_token-\w{10}$/),
  ]);
  const site = await swarm.docker("config", "inspect", "--pretty", (await list("config"))[1]);
  expect(site).toMatch(/from=a-file/);
});

test("a file that changes is a new version that its services alone move to, and the old one goes", async () => {
  const before = await idleTask();
  const [, site] = await list("config");
  write("site.conf", "listen 81;\n");
  await swarm.deploy(path.join(folder, "shop.yml"), { name: "shop", env });
  expect(await has("cat /etc/site.conf")).toBe("listen 81;\n");
  const after = await list("config");
  expect(after).toHaveLength(3);
  expect(after).not.toContain(site);
  expect(await idleTask()).toBe(before);
});

test("what is missing is refused before anything is changed", async () => {
  const before = await list("config");
  const compose = SHOP().replace("secrets/token.txt", "secrets/tokn.txt");
  await expect(swarm.deploy(write("bad.yml", compose), { name: "shop" })).rejects.toThrow(
    /nothing was deployed\.[^]*bad\.yml:30 configs\.whose\.environment: the variable "WHO".* has no value[^]*bad\.yml:22 secrets\.token\.file: "secrets\/tokn\.txt" is no file that can be read/,
  );
  expect(await list("config")).toEqual(before);
});

test("its configs and secrets go with the stack", async () => {
  await swarm.remove("shop");
  expect([await list("config"), await list("secret"), await list("service")]).toEqual([[], [], []]);
});
