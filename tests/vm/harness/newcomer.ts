import { cpSync, mkdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import * as path from "node:path";
import { BASE_IMAGE } from "../../../tools/setup/base-image";
import { toolsEnvironment } from "../../../tools/setup/environment";
import { findOnPath } from "../../../tools/setup/executables";
import { projectRoot } from "../../../tools/setup/paths";
import { docker } from "../../e2e/harness/docker";
import { output } from "../../e2e/harness/run";
import type { Vm } from "./vm";
import { vmEnvironment } from "./vm-tools";

/** Where the disk is mounted in the host. */
const MOUNT = "/mnt/newcomer";
/** The checkout as the newcomer has it: everything is there, and what he changes stays in the host. */
export const CHECKOUT = "/root/pulumi-swarm";
/** An image with Docker Engine, so that no package has to be downloaded for the nodes. */
export const NODE_BASE_IMAGE = "pulumi-swarm-newcomer-base:test";
/** The demo's image, which holds a small shell. */
export const SERVICE_IMAGE = "pulumi-swarm-newcomer-service:test";

const DISK_SIZE = "4G";

/**
 * Makes a disk with what a newcomer's machine gets from the internet: Node.js with npm, this checkout after `npm ci`,
 * the Pulumi CLI and its language host, the images of the nodes.
 * @param folder - for the disk, and for the tree it is made from, which is removed.
 */
export async function newcomerDisk(folder: string): Promise<string> {
  const tree = path.join(folder, "newcomer");
  const disk = `${tree}.ext4`;
  mkdirSync(path.join(tree, "bin"), { recursive: true });
  try {
    copyNode(tree);
    copyPulumi(tree);
    await copyCheckout(path.join(tree, "checkout"));
    await saveImages(path.join(tree, "images.tar"));
    await output("mkfs.ext4", ["-q", "-d", tree, disk, DISK_SIZE], { env: vmEnvironment() });
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
  return disk;
}

/** Puts everything in its place in a host that has the disk as its second one. */
export async function moveIn(vm: Vm): Promise<void> {
  await vm.output(`mkdir -p ${MOUNT} /var/newcomer/changes /var/newcomer/work ${CHECKOUT}
    mount -o ro /dev/vdb ${MOUNT}
    mount -t overlay overlay -o lowerdir=${MOUNT}/checkout,upperdir=/var/newcomer/changes,workdir=/var/newcomer/work ${CHECKOUT}
    docker load --quiet --input ${MOUNT}/images.tar`);
}

/** A command of the newcomer, in the checkout. */
export function inCheckout(command: string): string {
  return `cd ${CHECKOUT} && PATH=${MOUNT}/bin:$PATH ${command}`;
}

/** One executable, and npm where Node.js's own packages have it: in `lib` beside the folder of the executable. */
function copyNode(tree: string): void {
  const npm = path.join("lib", "node_modules", "npm");
  const installed = path.dirname(path.dirname(realpathSync(process.execPath)));
  cpSync(process.execPath, path.join(tree, "bin", "node"), { dereference: true });
  cpSync(path.join(installed, npm), path.join(tree, npm), { recursive: true, verbatimSymlinks: true });
  symlinkSync(path.join("..", npm, "bin", "npm-cli.js"), path.join(tree, "bin", "npm"));
}

function copyPulumi(tree: string): void {
  const env = toolsEnvironment();
  for (const name of ["pulumi", "pulumi-language-nodejs"]) {
    const file = findOnPath(name, env);
    if (!file) throw new Error(`There is no ${name}: run \`npm run setup\` first.`);
    cpSync(file, path.join(tree, "bin", name), { dereference: true });
  }
}

/** What git knows, what `npm ci` installed and what was compiled, with their times: nothing is compiled again. */
async function copyCheckout(target: string): Promise<void> {
  await output(process.execPath, [path.join("tools", "build.js")], { cwd: projectRoot });
  const known = await output("git", ["ls-files"], { cwd: projectRoot });
  const tops = new Set([...known.split("\n").map((file) => file.split("/")[0]), "dist", "node_modules"]);
  for (const name of tops) {
    cpSync(path.join(projectRoot, name), path.join(target, name), {
      ...{ recursive: true, preserveTimestamps: true, verbatimSymlinks: true },
    });
  }
}

async function saveImages(file: string): Promise<void> {
  const recipe = path.join(projectRoot, "machines", "local", "node-image");
  const engine = ["--file", path.join(recipe, "engine.Dockerfile"), "--build-arg", `BASE=${BASE_IMAGE}`];
  await docker("build", "--quiet", "--tag", NODE_BASE_IMAGE, ...engine, recipe);
  await docker("build", "--quiet", "--tag", SERVICE_IMAGE, path.join(projectRoot, "demo", "web"));
  await docker("save", "--output", file, BASE_IMAGE, NODE_BASE_IMAGE, SERVICE_IMAGE);
  await docker("image", "rm", NODE_BASE_IMAGE, SERVICE_IMAGE);
}
