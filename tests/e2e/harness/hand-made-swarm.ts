import { waitFor } from "../../../foundation/wait";
import { Witness } from "./witness";
import { tryDocker } from "./docker";
import { SshHosts } from "./ssh-hosts";

/** An image of no registry, made on each machine of what is there: a shell, sleep and cat. */
export const IMAGE = "small:1";
const MAKE_IMAGE = `
cd / && libraries=$(ldd /bin/sleep /bin/cat /bin/sh | grep -o '/[^ ]*[^ :]' | grep -v ':' | sort -u)
tar -ch bin/sleep bin/cat bin/sh $(echo "$libraries" | sed 's,^/,,' | grep ^lib) 2>/dev/null | docker import - ${IMAGE} >/dev/null`;

/** What `adopt` leaves as it is: IDs of everything, tasks that run, tokens. */
export type Inventory = Record<string, string[]>;

/** A swarm that somebody has made with nothing but the docker CLI, on machines with an SSH server. */
export class HandMadeSwarm {
  readonly view: Witness;

  private constructor(readonly hosts: SshHosts) {
    this.view = new Witness(hosts.name, "host-1");
  }

  static async create(name: string, managers: number, workers: number): Promise<HandMadeSwarm> {
    const swarm = new HandMadeSwarm(await SshHosts.create(name, "ready", managers + workers));
    try {
      await swarm.join(managers);
      return swarm;
    } catch (error) {
      await swarm.hosts.remove();
      throw error;
    }
  }

  /** A docker command on the first manager, with something on its standard input. */
  given(input: string, ...args: string[]): Promise<string> {
    const quoted = args.map((arg) => `'${arg}'`).join(" ");
    const text = Buffer.from(input).toString("base64");
    return this.hosts.sh("host-1", `echo ${text} | base64 -d | docker ${quoted}`);
  }

  async inventory(): Promise<Inventory> {
    const lines = async (...args: string[]) =>
      (await this.view.docker(...args)).split("\n").filter(Boolean).sort();
    const services = await lines("service", "ls", "--format", "{{.ID}} {{.Name}}");
    const running = ["--no-trunc", "--quiet", "--filter", "desired-state=running"];
    return {
      services,
      nodes: await lines(
        "node",
        "ls",
        "--format",
        "{{.ID}} {{.Hostname}} {{.Availability}} {{.ManagerStatus}}",
      ),
      secrets: await lines("secret", "ls", "--format", "{{.ID}} {{.Name}}"),
      configs: await lines("config", "ls", "--format", "{{.ID}} {{.Name}}"),
      networks: await lines(
        "network",
        "ls",
        "--no-trunc",
        "--filter",
        "scope=swarm",
        "--format",
        "{{.ID}} {{.Name}}",
      ),
      tasks: await lines("service", "ps", ...running, ...services.map((row) => row.split(" ")[0])),
      tokens: [
        await this.view.docker("swarm", "join-token", "-q", "manager"),
        await this.view.docker("swarm", "join-token", "-q", "worker"),
      ],
    };
  }

  remove(): Promise<void> {
    return this.hosts.remove();
  }

  private async join(managers: number): Promise<void> {
    const { hosts } = this.hosts;
    await Promise.all(hosts.map(({ name, container }) => this.startEngine(name, container)));
    const [first, ...others] = hosts;
    await this.hosts.run(first.name, "docker", "swarm", "init", "--advertise-addr", first.address);
    const token = (role: string) => this.view.docker("swarm", "join-token", "--quiet", role);
    const [manager, worker] = [await token("manager"), await token("worker")];
    for (const [index, { name }] of others.entries()) {
      const own = index + 1 < managers ? manager : worker;
      await this.hosts.run(name, "docker", "swarm", "join", "--token", own, `${first.address}:2377`);
    }
  }

  private async startEngine(name: string, container: string): Promise<void> {
    await this.hosts.run(name, "service", "docker", "start");
    await waitFor<void>(
      { name: "its engine answers", on: name, intervalMs: 100, timeoutMs: 60_000 },
      async () => {
        const { code, stderr } = await tryDocker("exec", container, "docker", "info");
        return code === 0 ? { done: undefined } : { pending: stderr };
      },
    );
    await this.hosts.sh(name, MAKE_IMAGE);
  }
}
