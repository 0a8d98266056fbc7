import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import * as path from "node:path";
import { command } from "../../../tools/setup/run-command";
import { display } from "../../../tools/setup/display";
import { cacheFolder } from "../../../tools/setup/paths";
import { runSteps } from "../../../tools/setup/run-steps";
import type { Step } from "../../../tools/setup/step";
import { vmEnvironment, vmToolsStep } from "./vm-tools";

/** What a test host has at its first boot: `ready` has Docker Engine and chrony, `bare` has neither. */
export type VmVariant = "bare" | "ready";

const SOURCES = path.join(__dirname, "image");
const BUILD_SILENCE_MS = 180_000;

/** The files that test hosts boot from, shared by all of them and never written to. */
export interface VmImage {
  kernel: string;
  initrd: string;
  /** A raw ext4 file system that the disks of the hosts are layers on. */
  disk(variant: VmVariant): string;
  /** A tree in which chronyd runs. */
  chrony: string;
}

/** Installs the tools and builds the image where they are missing: two minutes, once per user; shown on stderr. */
export async function prepareVmImage(): Promise<VmImage> {
  const env = vmEnvironment();
  await runSteps([vmToolsStep(env), vmImageStep(env)], display(process.stderr));
  return imageIn(imageFolder(env));
}

function vmImageStep(env: NodeJS.ProcessEnv): Step {
  const folder = imageFolder(env);
  return {
    name: "VM image",
    remedy: "read what the build printed; it needs root and a Debian mirror.",
    check: async () => (existsSync(folder) ? folder : undefined),
    async make(progress) {
      mkdirSync(path.dirname(folder), { recursive: true });
      // Named by the cache only when it is complete; of two builds at the same time one is thrown away.
      const unfinished = mkdtempSync(`${folder}.`);
      try {
        await command("unshare", ["--mount", "sh", path.join(SOURCES, "build-image"), unfinished], {
          env,
          silenceMs: BUILD_SILENCE_MS,
          onLine: (line) => progress(`building: ${line.replace(/^I: /, "")}`),
        });
        if (!existsSync(folder)) renameSync(unfinished, folder);
      } finally {
        rmSync(unfinished, { recursive: true, force: true });
      }
      return `built ${folder}`;
    },
  };
}

/** Another recipe is another image; the newest packages come with a new recipe or an emptied cache. */
function imageFolder(env: NodeJS.ProcessEnv): string {
  const digest = createHash("sha256");
  for (const name of readdirSync(SOURCES).sort()) digest.update(readFileSync(path.join(SOURCES, name)));
  return path.join(cacheFolder(env), `vm-image-${digest.digest("hex").slice(0, 12)}`);
}

function imageIn(folder: string): VmImage {
  return {
    kernel: path.join(folder, "vmlinuz"),
    initrd: path.join(folder, "initrd.img"),
    disk: (variant) => path.join(folder, `${variant}.ext4`),
    chrony: path.join(folder, "chrony"),
  };
}
