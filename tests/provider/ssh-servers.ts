import { keyPair } from "../key-pair";
import type { SshConnection, SshEndpoint } from "../../schema/connection";
import { hostImage } from "../e2e/harness/ssh-hosts";
import { docker } from "./ssh-node";

const FIRST_PORT = 2201;
const END = "-- end of a log --";

/** A container with many SSH servers, each with a port, a host key and limits of its own: as good as many machines. */
export class SshServers {
  private readonly hostKeys: { public: string; private: string }[];
  private address = "";

  constructor(
    private readonly name: string,
    private readonly network: string,
    private readonly userKey: { public: string; private: string },
    count: number,
  ) {
    this.hostKeys = Array.from({ length: count }, () => keyPair());
  }

  async start(): Promise<void> {
    docker([
      ...["run", "--detach", "--name", this.name, "--network", this.network, "--tmpfs", "/run"],
      ...["--entrypoint", "sleep", await hostImage("bare"), "infinity"],
    ]);
    const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    this.address = docker(["inspect", "--format", format, this.name]);
    const files = this.hostKeys.map(
      ({ private: key }, index) => `cat > /etc/ssh/key-${index} <<'END'\n${key.trimEnd()}\nEND`,
    );
    const servers = this.hostKeys.map(
      (_, index) =>
        `/usr/sbin/sshd -p ${FIRST_PORT + index} -h /etc/ssh/key-${index} -E ${logOf(index)} || { cat ${logOf(index)} >&2; exit 1; }`,
    );
    const script = [
      "umask 077",
      "mkdir -p /run/sshd /root/.ssh",
      `echo '${this.userKey.public}' > /root/.ssh/authorized_keys`,
      ...files,
      ...servers,
    ];
    docker(["exec", "--interactive", this.name, "sh", "-es"], script.join("\n"));
  }

  /** How each of them is reached, through a bastion where one is given. */
  connections(proxy?: SshEndpoint): SshConnection[] {
    return this.hostKeys.map(({ public: hostKey }, index) => ({
      host: this.address,
      port: FIRST_PORT + index,
      hostKey,
      privateKey: this.userKey.private,
      ...(proxy ? { proxy } : {}),
    }));
  }

  /** What each of them has logged since they were last asked. */
  logs(): string[] {
    const script = this.hostKeys.map((_, index) => `cat ${logOf(index)}; echo ${END}; : > ${logOf(index)}`);
    return docker(["exec", this.name, "sh", "-c", script.join("\n")])
      .split(END)
      .slice(0, -1);
  }

  remove(): void {
    docker(["rm", "--force", "--volumes", this.name]);
  }
}

function logOf(index: number): string {
  return `/run/sshd-${index}.log`;
}
