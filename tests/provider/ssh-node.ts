import { execFileSync } from "node:child_process";
import type { SshConnection } from "../../schema/connection";
import { waitFor } from "../../foundation/wait";
import { keyPair } from "../key-pair";

export const SSHD_IMAGE = "pulumi-swarm-test-sshd";

const BASE = "debian:trixie-slim";
const DOCKERFILE = `FROM ${BASE}
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \\
    docker.io docker-cli iptables iproute2 ca-certificates procps openssh-server && rm -rf /var/lib/apt/lists/*
RUN rm -f /etc/ssh/ssh_host_*
RUN printf '#!/bin/sh\\nfor d in /sys /sys/fs/cgroup /sys/fs/cgroup/*; do mount -o remount,bind,rw $d 2>/dev/null; done\\nmkdir -p /run/sshd\\nexec dockerd --log-level=error\\n' > /entry && chmod +x /entry
ENTRYPOINT ["/entry"]
`;
/** Where no registry is in reach the base image is made from Debian's own packages. */
const BASE_WITHOUT_REGISTRY = `root=$(mktemp -d) && debootstrap --variant=minbase trixie "$root" >/dev/null &&
  tar -C "$root" -c . | docker import - ${BASE} >/dev/null; status=$?; rm -rf "$root"; exit $status`;

export function docker(args: string[], input?: string): string {
  return execFileSync("docker", args, { input, stdio: ["pipe", "pipe", "pipe"] })
    .toString()
    .trim();
}

export function buildSshdImage(): void {
  if (!succeeds(["image", "inspect", BASE]) && !succeeds(["pull", "-q", BASE]))
    execFileSync("sh", ["-c", BASE_WITHOUT_REGISTRY]);
  docker(["build", "-q", "-t", SSHD_IMAGE, "-"], DOCKERFILE);
}

export function removeSshdImage(): void {
  if (!process.env.KEEP_TEST_IMAGES) docker(["image", "rm", "--force", SSHD_IMAGE]);
}

function succeeds(args: string[]): boolean {
  try {
    docker(args);
    return true;
  } catch {
    return false;
  }
}

/** A machine with a Docker Engine and an SSH server: a container that is reached at its own address only. */
export class SshNode {
  readonly hostKey = keyPair();
  readonly userKey = keyPair();
  private address = "";

  constructor(
    readonly name: string,
    readonly network: string,
  ) {}

  get connection(): SshConnection {
    return { host: this.address, privateKey: this.userKey.private, hostKey: this.hostKey.public };
  }

  async start(): Promise<void> {
    docker([
      ...["run", "-d", "--name", this.name, "--hostname", this.name, "--network", this.network],
      ...[
        "--cap-add",
        "ALL",
        "--cap-drop",
        "SYS_RESOURCE",
        "--device-cgroup-rule",
        "a *:* rwm",
        "--cgroupns",
        "private",
      ],
      ...["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"].flatMap((option) => [
        "--security-opt",
        option,
      ]),
      ...["--tmpfs", "/run", "-v", "/var/lib/docker", SSHD_IMAGE],
    ]);
    this.address = docker([
      "inspect",
      "-f",
      "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
      this.name,
    ]);
    this.write("/etc/ssh/ssh_host_ed25519_key", this.hostKey.private);
    this.write("/root/.ssh/authorized_keys", this.userKey.public);
    this.startSshd();
    await waitFor(
      { name: "its Docker Engine answers", on: this.name, intervalMs: 100, timeoutMs: 60_000 },
      async () =>
        succeeds(["exec", this.name, "docker", "info"]) ? { done: true } : { pending: "docker info fails" },
    );
  }

  /** Starts sshd with more of its options. */
  startSshd(...options: string[]): void {
    this.sh(`mkdir -p /run/sshd && /usr/sbin/sshd ${options.map((option) => `-o ${option}`).join(" ")}`);
  }

  /** Kills the server and every connection it has, as a crash of the machine's SSH would. */
  killSshd(): void {
    this.sh("pkill -KILL '^sshd'");
  }

  sh(script: string): string {
    return docker(["exec", this.name, "sh", "-c", script]);
  }

  /** Waits until `sleep SECONDS` runs on the machine, or does not any more. */
  async untilSleeping(seconds: number, wanted: boolean): Promise<void> {
    const name = `sleep ${seconds} ${wanted ? "runs" : "is gone"}`;
    await waitFor({ name, on: this.name, intervalMs: 50, timeoutMs: 10_000 }, async () => {
      const found = this.sh(`pgrep -fx 'sleep ${seconds}' || true`);
      return (found !== "") === wanted ? { done: found } : { pending: `pgrep found "${found}"` };
    });
  }

  /** Waits until a request lies in the engine's socket that the engine has not read: it must be stopped. */
  async untilEngineIsAsked(): Promise<void> {
    const name = "its engine is asked";
    await waitFor({ name, on: this.name, intervalMs: 50, timeoutMs: 10_000 }, async () => {
      const unread = this.sh("ss -Hxn state connected | awk '/docker.sock/ && $2 > 0'");
      return unread ? { done: unread } : { pending: "nothing unread" };
    });
  }

  remove(): void {
    docker(["rm", "--force", "--volumes", this.name]);
  }

  private write(path: string, content: string): void {
    const script = `umask 077 && mkdir -p "$(dirname ${path})" && cat > ${path}`;
    docker(["exec", "-i", this.name, "sh", "-c", script], content.trimEnd() + "\n");
  }
}
