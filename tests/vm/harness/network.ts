import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { networkInterfaces } from "node:os";
import * as path from "node:path";
import { TimeServer } from "./time-server";
import { cableOf, folderOf, ip, networkName, removeAbandoned, removeTraces } from "./traces";
import { Vm, type VmOptions } from "./vm";
import { prepareVmImage, type VmImage } from "./vm-image";

const BRIDGE = "lan";
const PREFIX_LENGTH = 24;
/** Last numbers of addresses: this machine, the bridge in the namespace, the first host. */
const OUTSIDE = 1;
const INSIDE = 2;
const FIRST_HOST = 11;

/**
 * A switch in a network namespace of its own, with test hosts on it and a cable to this machine, which reaches the
 * hosts at their addresses. The hosts reach each other and this machine, and nothing else. `remove` takes everything
 * away; what a test left that was killed goes when the next network is made.
 *
 * @example
 * let network: VmNetwork;
 * beforeAll(async () => void (network = await VmNetwork.create()));
 * afterAll(() => network?.remove());
 */
export class VmNetwork {
  readonly name = networkName(randomBytes(3).toString("hex"));
  private readonly vms: Vm[] = [];
  private timeServer?: TimeServer;

  private constructor(
    private readonly image: VmImage,
    /** The third number of its addresses. */
    private readonly third: number,
  ) {}

  /** Builds first what is missing, see {@link prepareVmImage}. */
  static async create(): Promise<VmNetwork> {
    const image = await prepareVmImage();
    await removeAbandoned();
    const network = new VmNetwork(image, freeThird());
    try {
      await network.build();
    } catch (error) {
      await network.remove();
      throw error;
    }
    return network;
  }

  /** Address of this machine as the hosts see it. */
  get outside(): string {
    return this.address(OUTSIDE);
  }

  /** A host that is off. */
  async vm(name: string, options: VmOptions = {}): Promise<Vm> {
    const number = FIRST_HOST + this.vms.length;
    const tap = `tap${number}`;
    const hex = [this.third, number].map((byte) => byte.toString(16).padStart(2, "0"));
    const place = {
      ...{ namespace: this.name, tap, mac: `52:54:00:d5:${hex.join(":")}` },
      ...{ address: this.address(number), prefix: PREFIX_LENGTH, gateway: this.address(INSIDE) },
      folder: path.join(folderOf(this.name), name),
    };
    const vm = new Vm(name, place, this.image, options);
    this.vms.push(vm);
    await this.inside("tuntap", "add", tap, "mode", "tap");
    await this.inside("link", "set", tap, "master", BRIDGE, "up");
    return vm;
  }

  /** Starts an NTP server that needs no internet, and answers its address. */
  async startTimeServer(): Promise<string> {
    this.timeServer ??= new TimeServer(this.name, this.image.chrony);
    await this.timeServer.ready(this.address(INSIDE));
    return this.address(INSIDE);
  }

  /** Ends all machines and removes every trace of them. */
  async remove(): Promise<void> {
    await Promise.all([...this.vms.map((vm) => vm.powerOff()), this.timeServer?.stop()]);
    await removeTraces(this.name);
  }

  private async build(): Promise<void> {
    const cable = cableOf(this.name);
    mkdirSync(folderOf(this.name), { mode: 0o700 });
    await ip("netns", "add", this.name);
    await this.inside("link", "set", "lo", "up");
    await this.inside("link", "add", BRIDGE, "type", "bridge");
    await ip("link", "add", cable, "type", "veth", "peer", "name", "outside", "netns", this.name);
    await this.inside("link", "set", "outside", "master", BRIDGE, "up");
    await this.inside("address", "add", `${this.address(INSIDE)}/${PREFIX_LENGTH}`, "dev", BRIDGE);
    await this.inside("link", "set", BRIDGE, "up");
    await ip("address", "add", `${this.outside}/${PREFIX_LENGTH}`, "dev", cable);
    await ip("link", "set", cable, "up");
  }

  private inside(...args: string[]): Promise<string> {
    return ip("-netns", this.name, ...args);
  }

  private address(fourth: number): string {
    return `10.213.${this.third}.${fourth}`;
  }
}

/** The third number of a range that no interface of this machine is in; tests that run at the same time begin apart. */
function freeThird(): number {
  const taken = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => address.split(".").slice(0, 3).join(".")),
  );
  const candidates = Array.from({ length: 256 }, (_, step) => (process.pid + step) % 256);
  const free = candidates.find((third) => !taken.includes(`10.213.${third}`));
  if (free === undefined) throw new Error("All ranges of 10.213.0.0/16 are in use on this machine.");
  return free;
}
