import * as path from "node:path";
import { aptInstall, isDebianLike } from "../../../tools/setup/docker-install";
import { findOnPath } from "../../../tools/setup/executables";
import { SetupError, type Step } from "../../../tools/setup/step";

/** The programs that test hosts are made with, and the packages of Debian and Ubuntu that they are in. */
const PACKAGES: Record<string, string> = {
  "qemu-system-x86_64": "qemu-system-x86",
  "qemu-img": "qemu-utils",
  debootstrap: "debootstrap",
  "mkfs.ext4": "e2fsprogs",
  ip: "iproute2",
  setpriv: "util-linux",
};

/** Some users' PATH leaves out where half of these programs lie. */
export function vmEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...env, PATH: [env.PATH, "/usr/sbin", "/sbin"].filter(Boolean).join(path.delimiter) };
}

/** Installs what is missing of QEMU and its companions. Needs root, as do the namespaces of the test hosts. */
export function vmToolsStep(env: NodeJS.ProcessEnv): Step {
  const missing = () => Object.keys(PACKAGES).filter((name) => !findOnPath(name, env));
  return {
    name: "VM tools",
    remedy: `install ${Object.values(PACKAGES).join(", ")} yourself, and repeat as root.`,
    async check() {
      if (process.getuid?.() !== 0)
        throw new SetupError("test hosts need root: they have a network namespace of their own.");
      return missing().length === 0 ? "QEMU, debootstrap and mkfs" : undefined;
    },
    async make(progress) {
      if (!isDebianLike()) throw new SetupError(`there is no ${missing().join(", ")} on this machine.`);
      const packages = [...new Set(missing().map((name) => PACKAGES[name]))];
      await aptInstall(packages, progress);
      return `installed ${packages.join(", ")}`;
    },
  };
}
