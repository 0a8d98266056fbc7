import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { scriptText } from "../../hosts/script";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), "docker-repository-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A packet of a kind as OpenPGP has it, in its old and its new form. */
const packet = (kind: number, body: Buffer) =>
  Buffer.concat([Buffer.from([0x81 + kind * 4, body.length >> 8, body.length & 255]), body]);
const newPacket = (kind: number, body: Buffer) =>
  Buffer.concat([
    Buffer.from([0xc0 + kind, ((body.length - 192) >> 8) + 192, (body.length - 192) & 255]),
    body,
  ]);

const KEY = Buffer.concat([Buffer.from([4]), randomBytes(524)]);
const STRANGER = Buffer.concat([Buffer.from([4]), randomBytes(524)]);
const NAME = packet(13, Buffer.from("A name <of@example>"));
const SUBKEY = packet(14, randomBytes(300));
/** As RFC 4880, 12.2, defines it. */
const fingerprintOf = (body: Buffer) =>
  createHash("sha1")
    .update(Buffer.concat([Buffer.from([0x99, body.length >> 8, body.length & 255]), body]))
    .digest("hex");

function armored(...packets: Buffer[]): string {
  const lines = Buffer.concat(packets)
    .toString("base64")
    .match(/.{1,64}/g);
  const [begin, end] = ["BEGIN", "END"].map((word) => `-----${word} PGP PUBLIC KEY BLOCK-----`);
  return [begin, "", ...(lines ?? []), "=0Zqq", end, ""].join("\n");
}

/** Adds the repository to a machine whose download is this text; files land in `folder` under their names. */
function add(key: string, system: "apt-get" | "dnf", id: string) {
  writeFileSync(path.join(folder, "key"), key);
  writeFileSync(path.join(folder, "apt-cache"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const script = [
    ...["common", "docker-repository"].map(scriptText),
    `PATH=${folder}:$PATH; state=${folder}; step=engine; ID=${id}; VERSION_CODENAME=trixie`,
    `docker_apt_key=${fingerprintOf(KEY)}; docker_rpm_key=${fingerprintOf(KEY)}`,
    `has() { [ "$1" = ${system} ] || [ "$1" = curl ]; }; update_lists() { echo updated; }`,
    `download() { echo "asked $1"; cp ${folder}/key "$2"; }`,
    `put() { cat >"${folder}/$(echo "$1" | tr / _)"; }`,
    "add_docker_repository",
  ].join("\n");
  return spawnSync("sh", ["-s"], { input: script, encoding: "utf8" });
}

const made = (name: string) => readFileSync(path.join(folder, name));
const changed = () => readdirSync(folder).filter((name) => /^_etc|^files$|^docker/.test(name));

test.each([
  ["as Docker publishes it", armored(packet(6, KEY), NAME, SUBKEY)],
  ["with the packets of a newer form", armored(newPacket(6, KEY), newPacket(13, randomBytes(200)))],
  ["with the line ends of another system", armored(packet(6, KEY), NAME).replaceAll("\n", "\r\n")],
])("Docker's key %s is installed for apt, as it was looked at", (_what, key) => {
  const { stdout, status } = add(key, "apt-get", "debian");
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: "::now adding Docker's repository\nasked https://download.docker.com/linux/debian/gpg\nupdated\n",
  });
  expect(made("_etc_apt_keyrings_pulumi-swarm-docker.gpg").includes(KEY)).toBe(true);
  expect(made("_etc_apt_sources.list.d_pulumi-swarm-docker.list").toString()).toBe(
    "deb [signed-by=/etc/apt/keyrings/pulumi-swarm-docker.gpg] https://download.docker.com/linux/debian trixie stable\n",
  );
});

test("and for dnf, with a repository that takes no other", () => {
  const key = armored(packet(6, KEY), NAME, SUBKEY);
  const { stdout, status } = add(key, "dnf", "rhel");
  expect({ status, stdout }).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("linux/rhel/gpg\n"),
  });
  expect(made("_etc_pki_rpm-gpg_pulumi-swarm-docker.asc").toString()).toBe(key);
  const repository = made("_etc_yum.repos.d_docker-ce.repo").toString();
  expect(repository).toContain(
    "baseurl=https://download.docker.com/linux/rhel/$releasever/$basearch/stable\n",
  );
  expect(repository).toMatch(/^gpgcheck=1\ngpgkey=file:\/\/\/etc\/pki\/rpm-gpg\/pulumi-swarm-docker\.asc$/m);
  expect(made("files").toString().split("\n")).toHaveLength(3);
});

test.each([
  [
    "another key",
    armored(packet(6, STRANGER), NAME),
    new RegExp(`is the key ${fingerprintOf(STRANGER)}, and not`),
  ],
  [
    "a second key behind it",
    armored(packet(6, KEY), NAME, packet(6, STRANGER)),
    /holds not one key, and not/,
  ],
  ["a second block behind it", armored(packet(6, KEY)) + armored(packet(6, STRANGER)), /holds not one key/],
  ["a key that is cut off", armored(packet(6, KEY).subarray(0, 300)), /holds not one key/],
  ["a page that is no key", "<html>Log in to this network</html>", /holds not one key/],
  ["nothing", "", /holds not one key/],
])("%s is refused, and nothing is installed", (_what, key, said) => {
  for (const [system, id] of [
    ["apt-get", "ubuntu"],
    ["dnf", "centos"],
  ] as const) {
    const { stdout, status } = add(key, system, id);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^::fail engine what https:\/\/download\.docker\.com\/linux\/(ubuntu|centos)\/gpg answers/m,
    );
    expect(stdout).toMatch(said);
    expect(stdout).toContain(fingerprintOf(KEY));
    expect(changed()).toEqual([]);
  }
});

test("the fingerprints are those that Docker publishes", () => {
  const text = scriptText("docker-repository");
  expect(text).toMatch(/^docker_apt_key=9dc858229fc7dd38854ae2d88d81803c0ebfcd88$/m);
  expect(text).toMatch(/^docker_rpm_key=060a61c51b558a7f742b77aac52feb6b621e9f35$/m);
  expect(existsSync("/etc/apt/keyrings/pulumi-swarm-docker.gpg")).toBe(false);
});
