import { randomBytes } from "node:crypto";
import { closeConnections, connect } from "../../../docker/connect";
import { askDiagnostics } from "../../../swarm/network-truth/diagnostic-server";
import { docker } from "./docker";
import type { Witness } from "./witness";
import { Session } from "../../../foundation/session";

/** A task of a service as the node that runs it knows it. */
export interface RunningTask {
  node: string;
  container: string;
  ip: string;
  mac: string;
  endpoint: string;
}

/** What engines gossip of a task, of one that never was. Source: moby, libnetwork/agent.proto (EndpointRecord). */
export function ghostOf(service: string, serviceId: string, vip: string, address: string): Buffer {
  const fields = [`${service}.9.ghost`, service, serviceId, vip, address];
  const field = (text: string, index: number) =>
    Buffer.concat([Buffer.from([(index + 1) * 8 + 2, text.length]), Buffer.from(text)]);
  return Buffer.concat(fields.map(field));
}

/** Spoils what the nodes hold of an overlay network, by the kernel's own tools and the engine's own server. */
export class NetworkFaults {
  constructor(
    private readonly witness: Witness,
    private readonly network: string,
  ) {}

  /** The first task that a node has of a service in the network. */
  async taskOn(node: string, service: string): Promise<RunningTask> {
    const [text, id] = await Promise.all([
      this.witness.dockerOn(node, "network", "inspect", this.network),
      this.witness.dockerOn(node, "ps", "--quiet", "--filter", `name=${service}`),
    ]);
    const [{ Containers }] = JSON.parse(text) as [
      { Containers: Record<string, { EndpointID: string; MacAddress: string; IPv4Address: string }> },
    ];
    const container = id.split("\n")[0];
    const [, own] =
      Object.entries(Containers).find(([long]) => container && long.startsWith(container)) ?? [];
    if (!own) throw new Error(`${node} has no task of ${service}.`);
    return {
      node,
      container,
      ip: own.IPv4Address.split("/")[0],
      mac: own.MacAddress,
      endpoint: own.EndpointID,
    };
  }

  /** Takes away what leads from a node to a task of another one. */
  async cutOff(node: string, { ip, mac }: RunningTask): Promise<void> {
    const id = await this.id();
    const script = `
      space=$(ls -t /var/run/docker/netns/[0-9]*-${id.slice(0, 9)}* | head -n 1)
      to=$(nsenter --net="$space" bridge fdb show | sed -n 's/^${mac} dev vxlan0 dst \\([^ ]*\\).*/\\1/p')
      nsenter --net="$space" bridge fdb del ${mac} dev vxlan0 dst "$to" self
      nsenter --net="$space" ip neigh del ${ip} dev vxlan0`;
    await docker("exec", this.witness.containerOf(node), "sh", "-ec", script);
  }

  /** Makes a node tell the others of a task that is not there; answers the key of that. */
  async tellOfGhost(node: string, service: string, address: string): Promise<string> {
    const id = await this.witness.docker("service", "inspect", "--format", "{{.ID}}", service);
    const record = ghostOf(service, id, "<nil>", address);
    const endpoint = randomBytes(32).toString("hex");
    const value = encodeURIComponent(record.toString("base64"));
    await this.ask(node, "createentry", `key=${endpoint}&value=${value}`);
    return endpoint;
  }

  /** Makes a node tell the others that a task is gone which is there. */
  async tellOfEnd(node: string, { endpoint }: Pick<RunningTask, "endpoint">): Promise<void> {
    await this.ask(node, "deleteentry", `key=${endpoint}`);
  }

  private async ask(node: string, action: string, entry: string): Promise<void> {
    const within = { session: new Session() };
    try {
      const engine = connect({ container: this.witness.containerOf(node) }, within);
      const path = `/${action}?nid=${await this.id()}&tname=endpoint_table&json&${entry}`;
      const [answer] = await askDiagnostics(engine, [path], AbortSignal.timeout(60_000));
      expect(JSON.parse(answer)).toMatchObject({ message: "OK" });
    } finally {
      closeConnections(within);
    }
  }

  private id(): Promise<string> {
    return this.witness.docker("network", "inspect", "--format", "{{.Id}}", this.network);
  }
}
