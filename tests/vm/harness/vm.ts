import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { SshConnection } from "../../../schema/connection";
import { SshTransport } from "../../../transport/ssh-transport";
import type { RunResult } from "../../../transport/transport";
import { output } from "../../e2e/harness/run";
import { keyPair } from "../../key-pair";
import { NamespacedProcess } from "./namespaced-process";
import { qemuCommand } from "./qemu";
import { networkUnit, seedLines } from "./seed";
import type { VmImage, VmVariant } from "./vm-image";
import { vmEnvironment } from "./vm-tools";

export interface VmOptions {
  /** @default "ready" */
  variant?: VmVariant;
  /** @default 1024 */
  memoryMiB?: number;
  /** @default 1 */
  cpus?: number;
  /** Where the hardware clock starts at each power-on, as `2020-01-01T00:00:00` in UTC. @default this machine's time */
  clockBase?: string;
  /** Raw ext4 files that the host finds as /dev/vdb, /dev/vdc… and cannot write to. */
  readOnlyDisks?: string[];
}

/** Where a host is in the network of its test. */
export interface VmPlace {
  namespace: string;
  tap: string;
  mac: string;
  address: string;
  prefix: number;
  gateway: string;
  /** What the host keeps lies here. */
  folder: string;
}

/** Half a minute where the machine has nothing else to do; minutes beside other hosts and other work. */
const BOOT_MS = 600_000;
const ATTEMPT_MS = 30_000;
const CONSOLE_LINES = 30;
export const ADMIN = "admin";

/** A real machine with its own kernel, clock and disk, in emulation. Made by {@link VmNetwork.vm}, off until `start`. */
export class Vm {
  private readonly userKey = keyPair();
  private hostKey = keyPair();
  private process?: NamespacedProcess;
  private root?: SshTransport;

  constructor(
    readonly name: string,
    readonly place: VmPlace,
    private readonly image: VmImage,
    private readonly options: VmOptions,
  ) {}

  get address(): string {
    return this.place.address;
  }

  /** As the user of the program gets in: `admin`, who may become root with sudo and no password. */
  get connection(): SshConnection {
    return { ...this.rootConnection, user: ADMIN };
  }

  /** As root, with the same key. */
  get rootConnection(): SshConnection {
    return {
      host: this.address,
      user: "root",
      privateKey: this.userKey.private,
      hostKey: this.hostKey.public,
    };
  }

  /**
   * Switches it on and waits until everything that starts at boot has started.
   * @returns milliseconds until it answered over SSH, and until the boot was complete.
   */
  async start(): Promise<{ sshMs: number; bootMs: number }> {
    if (this.process) throw new Error(`${this.name} is on already.`);
    await this.makeDisk();
    const began = Date.now();
    const process = new NamespacedProcess(this.place.namespace, qemuCommand(this.machine(), this.image));
    this.process = process;
    this.root = new SshTransport(this.rootConnection, { connectMs: BOOT_MS, attemptMs: ATTEMPT_MS });
    const booted = this.booted(this.root, began);
    const died = process.ended.then(() => {
      throw new Error(`QEMU ended: ${process.printed}`);
    });
    try {
      return await Promise.race([booted, died]);
    } catch (error) {
      await this.powerOff();
      throw new Error(`${this.name} did not boot: ${(error as Error).message}\n${this.lastOfConsole()}`, {
        cause: error,
      });
    }
  }

  /** Pulls the plug: what was not written to the disk is lost. */
  async powerOff(): Promise<void> {
    this.root?.close();
    await this.process?.kill();
    this.root = this.process = undefined;
  }

  async powerCycle(): Promise<void> {
    await this.powerOff();
    await this.start();
  }

  /** Another machine in its place: same name and address, but an empty disk and another host key. It is off then. */
  async replace(): Promise<void> {
    await this.powerOff();
    rmSync(this.place.folder, { recursive: true, force: true });
    this.hostKey = keyPair();
  }

  /** Runs a shell script as root. */
  run(script: string): Promise<RunResult> {
    if (!this.root) throw new Error(`${this.name} is off.`);
    return this.root.run(["sh", "-c", script]);
  }

  /** Runs a shell script as root that has to succeed, and answers what it printed. */
  async output(script: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(script);
    if (exitCode !== 0)
      throw new Error(`${this.name}: exit code ${exitCode} of ${script}:\n${stdout}${stderr}`);
    return stdout.trim();
  }

  /** The end of what it wrote to its console: what went wrong before SSH answered. */
  lastOfConsole(): string {
    try {
      return readFileSync(this.file("console"), "utf8").trim().split("\n").slice(-CONSOLE_LINES).join("\n");
    } catch {
      return "It wrote nothing to its console.";
    }
  }

  private async booted(root: SshTransport, began: number): Promise<{ sshMs: number; bootMs: number }> {
    await root.run(["true"]);
    const sshMs = Date.now() - began;
    const state = await root.run(["systemctl", "is-system-running", "--wait"]);
    if (state.stdout.trim() !== "running") {
      const failed = await root.run(["systemctl", "--failed", "--no-legend", "--plain"]);
      throw new Error(`systemd says ${state.stdout.trim()}: ${failed.stdout.trim()}`);
    }
    return { sshMs, bootMs: Date.now() - began };
  }

  private async makeDisk(): Promise<void> {
    const { folder } = this.place;
    if (!mkdirSync(folder, { recursive: true, mode: 0o700 })) return;
    const base = this.image.disk(this.options.variant ?? "ready");
    const layer = ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", base, this.file("disk")];
    await output("qemu-img", layer, { env: vmEnvironment() });
    writeFileSync(this.file("seed"), this.seed(), { mode: 0o600 });
    const { address, prefix, gateway } = this.place;
    writeFileSync(this.file("network"), networkUnit(`${address}/${prefix}`, gateway));
  }

  private seed(): string {
    const key = (path: string, mode: string, content: string, owner = "root") => ({
      ...{ path, mode, owner },
      content: `${content.trimEnd()}\n`,
    });
    return seedLines(
      [
        { path: "/root/.ssh", mode: "0700", owner: "root" },
        { path: `/home/${ADMIN}/.ssh`, mode: "0700", owner: ADMIN },
      ],
      [
        key("/etc/ssh/ssh_host_ed25519_key", "0600", this.hostKey.private),
        key("/etc/ssh/ssh_host_ed25519_key.pub", "0644", this.hostKey.public),
        key("/root/.ssh/authorized_keys", "0600", this.userKey.public),
        key(`/home/${ADMIN}/.ssh/authorized_keys`, "0600", this.userKey.public, ADMIN),
        key("/etc/hosts", "0644", `127.0.0.1 localhost\n${this.address} ${this.name}`),
      ],
    );
  }

  private machine() {
    const { tap, mac } = this.place;
    return {
      ...{ name: this.name, tap, mac },
      memoryMiB: this.options.memoryMiB ?? 1024,
      cpus: this.options.cpus ?? 1,
      clockBase: this.options.clockBase,
      readOnlyDisks: this.options.readOnlyDisks ?? [],
      ...{ disk: this.file("disk"), console: this.file("console") },
      credentials: { "tmpfiles.extra": this.file("seed"), "network.network.50-lan": this.file("network") },
    };
  }

  private file(name: string): string {
    return path.join(this.place.folder, name);
  }
}
