import { createHash } from "node:crypto";
import { waitFor } from "../../../foundation/wait";
import { BASE_IMAGE, baseImageStep } from "../../../tools/setup/base-image";
import { display } from "../../../tools/setup/display";
import { runSteps } from "../../../tools/setup/run-steps";
import { docker, dockerLines, tryDocker } from "./docker";
import { keepEvidenceOf } from "./evidence";
import { output } from "./run";
import { keyPair } from "../../key-pair";

/**
 * What is on a host before the project sets it up: an SSH server (on Debian 13, or 12); everything it would install as
 * well; or the tools of other firewalls besides.
 */
export type Kind = "bare" | "debian12" | "ready" | "firewalls";

const BARE = "openssh-server sudo iproute2";
const READY = `${BARE} docker.io docker-cli iptables nftables chrony ca-certificates procps`;
const PACKAGES: Record<Kind, string> = {
  bare: BARE,
  debian12: BARE,
  ready: READY,
  firewalls: `${READY} ufw firewalld dbus`,
};

/** As in a node of the local platform: makes the trees writable that an engine needs, then serves SSH. */
const ENTRY = `#!/bin/sh
for tree in /sys /sys/fs/cgroup /sys/fs/cgroup/*; do mount -o remount,bind,rw "$tree" 2>/dev/null; done
mkdir -p /run/sshd && umask 077 && printf '%s\\n' "$HOST_KEY" > /etc/ssh/ssh_host_ed25519_key
for user in root admin plain; do
  home=$(getent passwd $user | cut -d: -f6)
  mkdir -p "$home/.ssh" && printf '%s\\n' "$AUTHORIZED_KEY" > "$home/.ssh/authorized_keys" && chown -R $user "$home/.ssh"
done
exec /usr/sbin/sshd -D -e $SSHD_OPTIONS
`;
/** In place of the init script, which raises limits that a container may not raise. */
const SERVICE = `#!/bin/sh
[ "$1" = docker ] || exec /usr/sbin/service "$@"
daemon="--pidfile /run/docker-service.pid"
case $2 in stop | restart) start-stop-daemon --stop --oknodo --retry 60 $daemon ;; esac
case $2 in start | restart)
  start-stop-daemon --start --background --oknodo --make-pidfile --output /var/log/docker.log $daemon --exec /usr/sbin/dockerd ;;
esac
`;
const USERS = [
  "useradd --create-home --shell /bin/sh admin",
  "echo 'admin ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/admin",
  "useradd --create-home --shell /bin/sh plain",
];

/** One machine with an SSH server. */
export interface SshHost {
  name: string;
  container: string;
  address: string;
  /** Public host key. */
  hostKey: string;
}

type KeyPair = ReturnType<typeof keyPair>;

interface NewHost {
  /** Options of its SSH server. */
  sshd?: string[];
  address?: string;
  /** @default a new one */
  hostKey?: KeyPair;
}

/** Machines that are containers with an SSH server, on a network of their own; the project did not make them. */
export class SshHosts {
  readonly userKey = keyPair();
  readonly hosts: SshHost[] = [];
  private readonly keys = new Map<string, KeyPair>();

  private constructor(
    readonly name: string,
    private readonly kind: Kind,
  ) {
    keepEvidenceOf(name);
  }

  /** @param name - of the network, and in front of the containers' names */
  static async create(name: string, kind: Kind, count: number): Promise<SshHosts> {
    const hosts = new SshHosts(name, kind);
    await hostImage(kind);
    await createNetwork(name);
    await Promise.all(Array.from({ length: count }, (_, index) => hosts.add(`host-${index + 1}`)));
    return hosts;
  }

  /** Starts one more machine. */
  async add(name: string, { sshd = [], address, hostKey = keyPair() }: NewHost = {}): Promise<SshHost> {
    const container = `${this.name}-${name}`;
    await docker(
      ...["run", "--detach", "--name", container, "--hostname", name],
      ...[...(address ? ["--ip", address] : []), "--env", `HOST_KEY=${hostKey.private}`],
      ...this.runArguments(sshd),
    );
    const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    const made = {
      name,
      container,
      address: await docker("inspect", "--format", format, container),
      hostKey: hostKey.public,
    };
    this.keys.set(name, hostKey);
    this.hosts.push(made);
    this.hosts.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    return made;
  }

  /** Arguments of `docker run`, but for the machine's name, host key and address. */
  runArguments(sshd: string[] = []): string[] {
    const unconfined = ["seccomp", "apparmor", "systempaths"].flatMap((what) => [
      "--security-opt",
      `${what}=unconfined`,
    ]);
    return [
      ...["--network", this.name, "--label", `pulumi-swarm-test=${this.name}`],
      // Without the right to set the clock: it is that of the machine the tests run on.
      ...["--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE", "--cap-drop", "SYS_TIME"],
      ...["--device-cgroup-rule", "a *:* rwm", "--cgroupns", "private", ...unconfined],
      ...["--tmpfs", "/run", "--volume", "/var/lib/docker"],
      ...["--env", `SSHD_OPTIONS=${sshd.map((option) => `-o ${option}`).join(" ")}`],
      ...["--env", `AUTHORIZED_KEY=${this.userKey.public}`],
      imageOf(this.kind),
    ];
  }

  /** The `hosts` of the project's configuration. */
  inventory(more: Record<string, unknown> = {}): Record<string, unknown>[] {
    return this.hosts.map(({ name, address, hostKey }) => ({ name, address, hostKey, ...more }));
  }

  /** The `ssh` settings that a test has in common: the key that all hosts let in. */
  settings(identityFile: string): Record<string, unknown> {
    return { defaults: { identityFile } };
  }

  /** A command on a host, not over SSH. */
  run(name: string, ...command: string[]): Promise<string> {
    return docker("exec", this.host(name).container, ...command);
  }

  sh(name: string, script: string): Promise<string> {
    return this.run(name, "sh", "-c", script);
  }

  host(name: string): SshHost {
    const found = this.hosts.find((host) => host.name === name);
    if (!found) throw new Error(`There is no host ${name}.`);
    return found;
  }

  /** The host key that a machine was started with, for another one that shall have the same. */
  keyOf(name: string): KeyPair | undefined {
    return this.keys.get(name);
  }

  /** What its SSH server has logged so far: every login, with user and address. */
  async log(name: string): Promise<string> {
    const { stdout, stderr } = await tryDocker("logs", this.host(name).container);
    return stdout + stderr;
  }

  /** Gives a user a password, on standard input as it may be a secret that a test looks for. */
  async setPassword(name: string, user: string, password: string): Promise<void> {
    const args = ["exec", "--interactive", this.host(name).container, "chpasswd"];
    await output("docker", args, { input: `${user}:${password}\n` });
  }

  /** Gives a machine another host key, which its SSH server presents from now on; answers the public half. */
  async changeHostKey(name: string): Promise<string> {
    const host = this.host(name);
    const hostKey = keyPair();
    await output(
      "docker",
      ["exec", "--interactive", host.container, "sh", "-c", "cat > /etc/ssh/ssh_host_ed25519_key"],
      { input: hostKey.private },
    );
    // It starts itself anew, under the same process ID.
    await this.run(name, "kill", "-HUP", "1");
    await waitFor<void>(
      { name: "it presents its new host key", on: name, intervalMs: 100, timeoutMs: 30_000 },
      async () => {
        const seen = await this.sh(name, "ssh-keyscan -t ed25519 localhost 2>/dev/null || true");
        return seen.includes(hostKey.public.split(" ")[1]) ? { done: undefined } : { pending: seen };
      },
    );
    return (host.hostKey = hostKey.public);
  }

  /** Lets a public key in as well. */
  async authorize(name: string, user: string, publicKey: string): Promise<void> {
    await this.sh(
      name,
      `echo '${publicKey}' >> "$(getent passwd ${user} | cut -d: -f6)/.ssh/authorized_keys"`,
    );
  }

  /** A container on the machines' network that is none of them. */
  async stranger(): Promise<string> {
    const container = `${this.name}-stranger`;
    await docker(
      ...["run", "--detach", "--name", container, "--network", this.name],
      ...["--label", `pulumi-swarm-test=${this.name}`],
      ...["--entrypoint", "sleep", imageOf(this.kind), "infinity"],
    );
    return container;
  }

  /** Takes a machine away, as if it had burnt. */
  async lose(name: string): Promise<void> {
    const { container } = this.host(name);
    await docker("rm", "--force", "--volumes", container);
    this.hosts.splice(
      this.hosts.findIndex((host) => host.name === name),
      1,
    );
  }

  /** A time server for hosts without internet; answers its address. */
  async timeServer(): Promise<string> {
    await hostImage("ready");
    const container = `${this.name}-time`;
    const script =
      "printf 'local stratum 1\\nallow\\ncmdport 0\\n' > /tmp/chrony.conf && exec chronyd -d -x -f /tmp/chrony.conf";
    await docker(
      ...[
        "run",
        "--detach",
        "--name",
        container,
        "--network",
        this.name,
        "--label",
        `pulumi-swarm-test=${this.name}`,
      ],
      ...["--entrypoint", "sh", imageOf("ready"), "-c", script],
    );
    const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    return docker("inspect", "--format", format, container);
  }

  async remove(): Promise<void> {
    const containers = await dockerLines(
      "ps",
      "--all",
      "--quiet",
      "--filter",
      `label=pulumi-swarm-test=${this.name}`,
    );
    if (containers.length > 0) await docker("rm", "--force", "--volumes", ...containers);
    await waitFor<void>(
      { name: "its network is gone", on: this.name, intervalMs: 250, timeoutMs: 30_000 },
      async () => {
        const { code, stderr } = await tryDocker("network", "rm", this.name);
        return code === 0 || /not found|No such network/.test(stderr)
          ? { done: undefined }
          : { pending: stderr };
      },
    );
  }
}

/** With a subnet that the engine found free, given by name: only then may a machine ask for an address. */
async function createNetwork(name: string): Promise<void> {
  const create = ["network", "create", "--label", `pulumi-swarm-test=${name}`];
  await docker(...create, name);
  const subnet = await docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Subnet}}", name);
  await docker("network", "rm", name);
  await docker(...create, "--subnet", subnet, name);
}

function imageOf(kind: Kind): string {
  const digest = createHash("sha256").update(recipeOf(kind)).digest("hex");
  return `pulumi-swarm-test-host:${kind}-${digest.slice(0, 8)}`;
}

function baseOf(kind: Kind): string {
  return kind === "debian12" ? "debian:bookworm-slim" : BASE_IMAGE;
}

function recipeOf(kind: Kind): string {
  return [
    `FROM ${baseOf(kind)}`,
    `RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ${PACKAGES[kind]} && rm -rf /var/lib/apt/lists/*`,
    `RUN rm -f /etc/ssh/ssh_host_* /etc/machine-id /var/lib/dbus/machine-id && ${USERS.join(" && ")}`,
    `RUN ${file("/entry", ENTRY)} && ${file("/usr/local/sbin/service", SERVICE)}`,
    'ENTRYPOINT ["/entry"]',
  ].join("\n");
}

function file(path: string, content: string): string {
  return `echo ${Buffer.from(content).toString("base64")} | base64 -d > ${path} && chmod +x ${path}`;
}

/** The image of such a machine, built where it is not there. Kept for the next run, as the base image is. */
export async function hostImage(kind: Kind): Promise<string> {
  const { code } = await tryDocker("image", "inspect", imageOf(kind));
  if (code !== 0) {
    await runSteps([baseImageStep(process.env, baseOf(kind))], display(process.stdout));
    await output("docker", ["build", "--quiet", "--tag", imageOf(kind), "-"], { input: recipeOf(kind) });
  }
  return imageOf(kind);
}
