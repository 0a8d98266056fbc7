import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import * as path from "node:path";
import { command, Interrupted } from "./run-command";
import { fetchFile, fetchText, type DownloadLimits } from "./download";
import { isExecutable } from "./executables";
import { pulumiHome, RELEASED_PULUMI_VERSION } from "./paths";
import { SetupError, type Progress } from "./step";

/**
 * Where the releases of the CLI lie, in the order of Pulumi's own install script (get.pulumi.com/install.sh). Beside
 * the archives lies `pulumi-<version>-checksums.txt`, by sha256sum.
 */
const PLACES = [
  (version: string) => `https://github.com/pulumi/pulumi/releases/download/v${version}/`,
  () => "https://get.pulumi.com/releases/sdk/",
];

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { linux: "linux", darwin: "darwin" };
const PROCESSORS: Record<string, string> = { x64: "x64", arm64: "arm64" };

export interface ReleaseSource {
  /** URLs of folders, each with a slash at its end. */
  places: string[];
  limits?: Partial<DownloadLimits>;
}

/** The release that setup takes: the one this project was tried with, or the one that PULUMI_VERSION names. */
export function releaseVersion(env: NodeJS.ProcessEnv): string {
  const version = (env.PULUMI_VERSION || RELEASED_PULUMI_VERSION).replace(/^v/, "");
  if (/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) return version;
  throw new SetupError(
    `PULUMI_VERSION is "${env.PULUMI_VERSION}", which is no version of the Pulumi CLI.`,
    `set it to one such as ${RELEASED_PULUMI_VERSION}, or unset it, and repeat.`,
  );
}

/** The folder of a release, where Pulumi's Automation API looks for it as well. */
export function releaseFolder(env: NodeJS.ProcessEnv): string {
  return path.join(pulumiHome(env), "versions", releaseVersion(env));
}

/** Whether the release lies in a folder whole, its language host included. */
export function isRelease(folder: string): boolean {
  const file = path.join(folder, "bin", "pulumi");
  return [file, `${file}-language-nodejs`].every(isExecutable);
}

/**
 * Downloads a release of the CLI with its language hosts, compares it with the checksums that were published with it,
 * and only then unpacks it. It appears in its place whole or not at all.
 */
export async function installRelease(
  env: NodeJS.ProcessEnv,
  progress: Progress,
  source: ReleaseSource = { places: PLACES.map((place) => place(releaseVersion(env))) },
): Promise<void> {
  const folder = releaseFolder(env);
  mkdirSync(path.dirname(folder), { recursive: true });
  // Of an unguessable name and its owner's alone, and beside the place, so that it can be renamed there.
  const unfinished = mkdtempSync(path.join(path.dirname(folder), ".download-"));
  try {
    await unpackRelease(unfinished, env, progress, source);
    put(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function unpackRelease(
  folder: string,
  env: NodeJS.ProcessEnv,
  progress: Progress,
  { places, limits }: ReleaseSource,
): Promise<void> {
  const version = releaseVersion(env);
  const [system, processor] = [SYSTEMS[process.platform], PROCESSORS[process.arch]];
  if (!system || !processor) throw new Error(`there is no release for ${process.platform}/${process.arch}`);
  const name = `pulumi-v${version}-${system}-${processor}.tar.gz`;
  const archive = path.join(folder, name);
  await firstOf(places, async (place) => {
    rmSync(archive, { force: true });
    const published = publishedSum(await fetchText(`${place}pulumi-${version}-checksums.txt`, limits), name);
    const sum = await fetchFile(
      place + name,
      archive,
      (text) => progress(`downloading ${version}: ${text}`),
      limits,
    );
    if (sum !== published) throw wrongSum(place + name, sum, published);
  });
  progress(`unpacking ${version}`);
  const bin = path.join(folder, "bin");
  mkdirSync(bin);
  await command("tar", ["-xzf", archive, "-C", bin, "--strip-components=1", "--no-same-owner"]);
  rmSync(archive);
  if (!isRelease(folder)) throw new Error(`${name} holds no pulumi, or no language host for Node.js`);
}

/** What is not what was published is not tried elsewhere: somebody may be at work. */
async function firstOf(places: string[], attempt: (place: string) => Promise<void>): Promise<void> {
  const failures: string[] = [];
  for (const place of places) {
    try {
      return await attempt(place);
    } catch (error) {
      if (error instanceof Interrupted || error instanceof SetupError) throw error;
      failures.push((error as Error).message);
    }
  }
  throw new Error(failures.join("\n  "));
}

/** Lines as sha256sum prints them. */
function publishedSum(checksums: string, name: string): string {
  const line = checksums.split("\n").find((text) => text.trim().split(/\s+\*?/)[1] === name);
  const sum = line?.trim().split(/\s+/)[0].toLowerCase() ?? "";
  if (/^[0-9a-f]{64}$/.test(sum)) return sum;
  throw new Error(`the published checksums have none for ${name}`);
}

function wrongSum(url: string, sum: string, published: string): SetupError {
  return new SetupError(
    `${url} has the SHA-256 ${sum}; published is ${published}. It was not unpacked, and is deleted.`,
    "repeat; where it fails again, somebody is in between, or the release was changed: look at " +
      "https://github.com/pulumi/pulumi/releases, and install the CLI yourself so that `pulumi` is on PATH.",
  );
}

function put(unfinished: string, folder: string): void {
  // A download of another kind that was interrupted; one that is whole would have been found.
  if (existsSync(folder) && !isRelease(folder)) rmSync(folder, { recursive: true });
  chmodSync(unfinished, 0o755);
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another setup was quicker.
    if (!isRelease(folder)) throw error;
  }
}
