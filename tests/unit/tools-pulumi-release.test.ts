import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { DownloadLimits } from "../../tools/setup/download";
import { pulumiCliStep } from "../../tools/setup/pulumi-cli";
import { installRelease, isRelease, releaseFolder, releaseVersion } from "../../tools/setup/pulumi-release";
import { SetupError } from "../../tools/setup/step";

const VERSION = "3.999.1";
const NAME = `pulumi-v${VERSION}-${process.platform}-${process.arch}.tar.gz`;
const CHECKSUMS = `pulumi-${VERSION}-checksums.txt`;

let folder: string;
let env: NodeJS.ProcessEnv;
let archive: Buffer;
/** What the server, which stands in for both places of the releases, answers. */
let files: Record<string, Buffer | string>;
/** Paths that it never ends to answer. */
let hangs: Set<string>;
let asked: string[];
let server: Server;
let places: string[];

const sumOf = (data: Buffer | string) => createHash("sha256").update(data).digest("hex");
const install = (limits?: Partial<DownloadLimits>) =>
  installRelease(env, () => undefined, { places, limits });

function archiveOf(...names: string[]): Buffer {
  const made = path.join(folder, "made", "pulumi");
  rmSync(path.dirname(made), { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
  for (const name of names) {
    writeFileSync(path.join(made, name), `#!/bin/sh\necho v${VERSION}\n`);
    chmodSync(path.join(made, name), 0o755);
  }
  return execFileSync("tar", ["-cz", "-C", path.dirname(made), "pulumi"]);
}

beforeAll(async () => {
  server = createServer(({ url = "" }, response) => {
    asked.push(url);
    if (hangs.has(url)) return void response.writeHead(200).write("a beginning");
    const found = files[url];
    response.writeHead(found === undefined ? 404 : 200).end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  places = ["first", "second"].map((place) => `http://127.0.0.1:${port}/${place}/`);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "pulumi-release-"));
  env = { PATH: process.env.PATH, PULUMI_HOME: path.join(folder, "home"), PULUMI_VERSION: VERSION };
  archive = archiveOf("pulumi", "pulumi-language-nodejs", "pulumi-language-go");
  [hangs, asked] = [new Set(), []];
  const others = `${"0".repeat(64)}  pulumi-v${VERSION}-windows-x64.zip\n`;
  files = {
    [`/first/${CHECKSUMS}`]: `${others}${sumOf(archive)}  ${NAME}\n`,
    [`/first/${NAME}`]: archive,
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

const versions = () => readdirSync(path.join(folder, "home", "versions"));

test("a release is compared with its published checksums and appears whole", async () => {
  await install();
  expect(asked).toEqual([`/first/${CHECKSUMS}`, `/first/${NAME}`]);
  expect(versions()).toEqual([VERSION]);
  expect(readdirSync(releaseFolder(env))).toEqual(["bin"]);
  expect(isRelease(releaseFolder(env))).toBe(true);
  expect(statSync(releaseFolder(env)).mode & 0o777).toBe(0o755);
  expect(await pulumiCliStep(env).check()).toBe(`${VERSION} (release)`);
});

test("what has another checksum is not unpacked, and nothing else is tried", async () => {
  files[`/first/${NAME}`] = archiveOf("pulumi", "pulumi-language-nodejs");
  files[`/second/${CHECKSUMS}`] = files[`/first/${CHECKSUMS}`];
  files[`/second/${NAME}`] = archive;
  const failure = await install().catch((error: Error) => error);
  expect(failure).toBeInstanceOf(SetupError);
  expect((failure as Error).message).toMatch(
    /has the SHA-256 [0-9a-f]{64}; published is [0-9a-f]{64}\..*not unpacked/,
  );
  expect((failure as SetupError).remedy).toContain("somebody is in between");
  expect(asked.filter((url) => url.startsWith("/second"))).toEqual([]);
  expect(versions()).toEqual([]);
});

test.each<[string, () => void, RegExp]>([
  ["has no archive", () => delete files[`/first/${NAME}`], /first\/.*: the answer is 404/],
  [
    "has no checksums",
    () => delete files[`/first/${CHECKSUMS}`],
    /first\/.*-checksums\.txt: the answer is 404/,
  ],
  [
    "publishes none for this archive",
    () => (files[`/first/${CHECKSUMS}`] = `${sumOf(archive)}  x${NAME}\n`),
    /checksums have none for pulumi-v/,
  ],
  [
    "publishes something else",
    () => (files[`/first/${CHECKSUMS}`] = `see  ${NAME}\n`),
    /checksums have none for/,
  ],
  ["falls silent", () => hangs.add(`/first/${NAME}`), /first\/.*: nothing came for 0\.5 s/],
])("a place that %s is left for the next one", async (_what, spoil, complaint) => {
  spoil();
  const limits = hangs.size > 0 ? { silenceMs: 500 } : undefined;
  await expect(install(limits)).rejects.toThrow(complaint);
  expect(asked.some((url) => url.startsWith("/second"))).toBe(true);
  expect(versions()).toEqual([]);
  files[`/second/${CHECKSUMS}`] = `${sumOf(archive)} *${NAME}\n`;
  files[`/second/${NAME}`] = archive;
  hangs.clear();
  if (limits) delete files[`/first/${CHECKSUMS}`];
  await install();
  expect(isRelease(releaseFolder(env))).toBe(true);
});

test("what an interrupted download left in its place is replaced", async () => {
  const left = path.join(releaseFolder(env), "bin");
  mkdirSync(left, { recursive: true });
  writeFileSync(path.join(left, "pulumi"), "half of it");
  await install();
  expect(isRelease(releaseFolder(env))).toBe(true);
  expect(readFileSync(path.join(left, "pulumi"), "utf8")).toContain(VERSION);
});

test("an archive without the language host is none", async () => {
  archive = archiveOf("pulumi");
  files[`/first/${NAME}`] = archive;
  files[`/first/${CHECKSUMS}`] = `${sumOf(archive)}  ${NAME}\n`;
  await expect(install()).rejects.toThrow(/holds no pulumi, or no language host/);
  expect(existsSync(releaseFolder(env))).toBe(false);
});

test("the version is pinned, or named by PULUMI_VERSION, and no path", () => {
  expect(releaseVersion({})).toMatch(/^3\.\d+\.\d+$/);
  expect(releaseVersion({ PULUMI_VERSION: "v3.200.0" })).toBe("3.200.0");
  for (const version of ["latest", "../../tmp", "3.1", "3.1.0/../.."]) {
    expect(() => releaseVersion({ PULUMI_VERSION: version })).toThrow(/is no version of the Pulumi CLI/);
  }
});
