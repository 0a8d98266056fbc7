import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { waitFor } from "../../../foundation/wait";
import type { TestSwarm } from "../../../testing/testing";
import { makeCertificates } from "../../certificates";
import { docker, tryDocker } from "./docker";
import { output, run } from "./run";

/** What is like `registry:2`; it stays, as a cache does. */
export const REGISTRY_IMAGE = "pulumi-swarm-test-registry:2";
/** Its name in the network of the swarm. */
const HOST = "registry.test";
const USER = "deploy";
const CONFIG = "/dev/shm/pusher";

export async function registryImage(): Promise<string> {
  await docker("build", "--quiet", "--tag", REGISTRY_IMAGE, path.join(__dirname, "registry-image"));
  return REGISTRY_IMAGE;
}

/** A registry beside the nodes of a test swarm: with TLS by an authority of its own, and with users. */
export class TestRegistry {
  readonly server = `${HOST}:5000`;
  readonly username = USER;
  private readonly folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-registry-"));
  private readonly container: string;

  private constructor(
    private readonly swarm: TestSwarm,
    public password: string,
  ) {
    this.container = `${swarm.name}-registry`;
  }

  /** It runs, and the nodes trust its certificate. */
  static async start(swarm: TestSwarm, password: string): Promise<TestRegistry> {
    const registry = new TestRegistry(swarm, password);
    try {
      await registry.begin();
    } catch (error) {
      await registry.stop();
      throw error;
    }
    return registry;
  }

  private async begin(): Promise<void> {
    makeCertificates(this.folder, `DNS:${HOST}`);
    const image = await registryImage();
    const networks = [
      "inspect",
      "--format",
      "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}",
    ];
    const network = await docker(...networks, this.node("manager-1"));
    const settings = {
      REGISTRY_HTTP_TLS_CERTIFICATE: "/files/server/cert.pem",
      REGISTRY_HTTP_TLS_KEY: "/files/server/key.pem",
      REGISTRY_AUTH: "htpasswd",
      REGISTRY_AUTH_HTPASSWD_REALM: "test",
      REGISTRY_AUTH_HTPASSWD_PATH: "/files/users",
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const place = ["--network", network, "--network-alias", HOST, "--volume", `${this.folder}:/files:ro`];
    await docker("create", "--name", this.container, ...place, ...options, image);
    await this.changePassword(this.password);
    await docker("start", this.container);
    for (const { name } of this.swarm.nodes) await this.trust(name);
    await waitFor(
      { name: "it takes the login", on: this.server, intervalMs: 200, timeoutMs: 30_000 },
      async () => {
        const { code, stderr } = await this.login();
        return code === 0 ? { done: undefined } : { pending: stderr };
      },
    );
  }

  /** The user has another one from now on. In one step, as the registry reads the file whenever it has changed. */
  async changePassword(password: string): Promise<void> {
    const make = ["run", "--rm", "--interactive", "--entrypoint", "htpasswd", REGISTRY_IMAGE, "-niB", USER];
    const file = path.join(this.folder, "users");
    writeFileSync(`${file}.new`, await output("docker", make, { input: password }));
    renameSync(`${file}.new`, file);
    this.password = password;
  }

  async trust(node: string): Promise<void> {
    const at = `/etc/docker/certs.d/${this.server}`;
    await docker("exec", this.node(node), "mkdir", "-p", at);
    await docker("cp", path.join(this.folder, "ca.pem"), `${this.node(node)}:${at}/ca.crt`);
  }

  async distrust(node: string): Promise<void> {
    await tryDocker("exec", this.node(node), "rm", "-rf", `/etc/docker/certs.d/${this.server}`);
  }

  /** An image of manager-1 as `server/name`, with a label that makes it one of its own; no node has it afterwards. @returns its digest */
  async push(image: string, name: string, version: string): Promise<string> {
    const tag = `${this.server}/${name}`;
    await this.login();
    const script = `
      set -e
      made=$(docker create ${image})
      docker commit --change 'LABEL version=${version}' "$made" ${tag}
      docker rm "$made"
      docker --config ${CONFIG} push --quiet ${tag}
      docker image inspect --format '{{index .RepoDigests 0}}' ${tag}
      docker image rm --force ${tag}
      rm -r ${CONFIG}`;
    const printed = await docker("exec", this.node("manager-1"), "sh", "-c", script);
    return (/@(sha256:[0-9a-f]{64})/.exec(printed) ?? [])[1];
  }

  /** It answers nobody any more, as behind a firewall. */
  async pause(): Promise<void> {
    await docker("pause", this.container);
  }

  async resume(): Promise<void> {
    await docker("unpause", this.container);
  }

  /** Also what nodes that are kept warm would know of it. */
  async stop(): Promise<void> {
    for (const { name } of this.swarm.nodes) await this.distrust(name);
    await tryDocker("rm", "--force", "--volumes", this.container);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private login() {
    const login = `docker --config ${CONFIG} login --username ${USER} --password-stdin ${this.server}`;
    return runIn(this.node("manager-1"), login, this.password);
  }

  private node(name: string): string {
    return `${this.swarm.name}-${name}`;
  }
}

function runIn(container: string, script: string, input: string) {
  return run("docker", ["exec", "--interactive", container, "sh", "-c", script], { input });
}
