import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { command } from "./run-command";
import { importImage } from "../../docker/images";
import type { DockerClient } from "../../transport/docker-client";
import { aptInstall, isDebianLike } from "./docker-install";
import { findOnPath } from "./executables";
import { SetupError, type Progress } from "./step";

const DEBOOTSTRAP_SILENCE_MS = 120_000;
const IMPORT_SILENCE_MS = 120_000;

/**
 * Makes a Debian image from packages alone and gives it to the engine.
 * @param image - its name, with the suite in it: "debian:trixie-slim"
 */
export async function debootstrapImage(
  engine: DockerClient,
  image: string,
  progress: Progress,
): Promise<void> {
  const env = { ...process.env, PATH: `${process.env.PATH}${path.delimiter}/usr/sbin` };
  if (process.getuid?.() !== 0) throw new SetupError("making it with debootstrap needs root.");
  if (!findOnPath("debootstrap", env)) {
    if (!isDebianLike()) throw new SetupError("there is no debootstrap on this machine.");
    await aptInstall(["debootstrap"], progress);
  }
  const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-debootstrap-"));
  try {
    const root = path.join(folder, "root");
    const suite = image.replace(/^.*:|-slim$/g, "");
    await command("debootstrap", ["--variant=minbase", suite, root], {
      env,
      silenceMs: DEBOOTSTRAP_SILENCE_MS,
      onLine: (line) => progress(`debootstrap: ${line.replace(/^I: /, "")}`),
    });
    progress("importing");
    await importFolder(engine, root, image);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function importFolder(engine: DockerClient, folder: string, image: string): Promise<void> {
  // Packages that apt has already unpacked are of no use in an image.
  const tar = spawn(
    "tar",
    ["--create", "--numeric-owner", "--exclude=./var/cache/apt/archives/*.deb", "--directory", folder, "."],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  await importImage(engine, image, tar.stdout, 'CMD ["bash"]', IMPORT_SILENCE_MS);
}
