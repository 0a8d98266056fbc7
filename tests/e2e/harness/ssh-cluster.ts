import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { SshHosts, type Kind } from "./ssh-hosts";
import { Workspace, type Settings } from "./workspace";

/** What a test asks for: how many managers and workers, and more machines than they need. */
export interface Shape {
  managers?: number;
  workers?: number;
  /** @default as many as nodes */
  hosts?: number;
}

/** A stack of the SSH platform with machines of its own and a time server in reach of them. */
export class SshCluster {
  private constructor(
    readonly workspace: Workspace,
    readonly hosts: SshHosts,
    private readonly common: Settings,
  ) {}

  /** @param ssh - settings of the platform, beside those that let the test in */
  static async create(
    kind: Kind,
    { managers = 1, workers = 1, hosts: count = managers + workers }: Shape = {},
    ssh: Settings = {},
  ): Promise<SshCluster> {
    const workspace = await Workspace.create({ platform: "ssh", managers });
    let hosts: SshHosts | undefined;
    try {
      hosts = await SshHosts.create(workspace.cluster, kind, count);
      const identityFile = path.join(workspace.folder, "key");
      writeFileSync(identityFile, hosts.userKey.private, { mode: 0o600 });
      const time = { servers: [await hosts.timeServer()] };
      const cluster = new SshCluster(workspace, hosts, { ...hosts.settings(identityFile), time });
      cluster.configure({ workers }, ssh);
      return cluster;
    } catch (error) {
      await hosts?.remove();
      await workspace.remove();
      throw error;
    }
  }

  /** Writes shape, settings of the platform, and the machines as they are now. */
  configure({ managers, workers }: Shape, ssh: Settings = {}): void {
    this.workspace.configure({
      ...(managers === undefined ? {} : { managers }),
      ...(workers === undefined ? {} : { workers: workers > 0 ? [{ name: "app", count: workers }] : [] }),
      hosts: this.hosts.inventory(),
      ssh: { ...this.common, ...ssh },
    });
  }

  async remove(): Promise<void> {
    await this.workspace.remove();
    await this.hosts.remove();
  }
}
