import type { VmImage } from "./vm-image";

/** One test host as QEMU is told of it. */
export interface QemuMachine {
  name: string;
  memoryMiB: number;
  cpus: number;
  /** Where the hardware clock starts, as `2020-01-01T00:00:00` in UTC. @default this machine's time */
  clockBase?: string;
  /** The tap device that is its network card. */
  tap: string;
  mac: string;
  address: string;
  prefix: number;
  gateway: string;
  /** Its own disk, a qcow2 layer. */
  disk: string;
  /** Raw file systems that it may read only. */
  readOnlyDisks: string[];
  /** Lines for systemd-tmpfiles, in a file because a host key is among them. */
  seed: string;
  /** Where its serial console is written to. */
  console: string;
}

/** The emulator's translated code, in MiB; it would take up to a GiB of each host. */
const TRANSLATION_MIB = 256;

/** The command line of QEMU: plain emulation, so that it runs where no hardware virtualisation can be had. */
export function qemuCommand(machine: QemuMachine, image: VmImage): string[] {
  const disks = [
    `file=${machine.disk},format=qcow2,if=virtio`,
    ...machine.readOnlyDisks.map((file) => `file=${file},format=raw,if=virtio,readonly=on`),
  ];
  return [
    "qemu-system-x86_64",
    ...["-name", machine.name, "-machine", "q35", "-accel", `tcg,tb-size=${TRANSLATION_MIB}`, "-cpu", "max"],
    ...["-smp", String(machine.cpus), "-m", String(machine.memoryMiB), "-nodefaults", "-display", "none"],
    ...["-serial", `file:${machine.console}`, "-rtc", `base=${machine.clockBase ?? "utc"}`],
    ...disks.flatMap((disk) => ["-drive", disk]),
    ...["-netdev", `tap,id=lan,ifname=${machine.tap},script=no,downscript=no`],
    // Without a boot ROM, which nobody needs and the smaller installations of QEMU lack.
    ...["-device", `virtio-net-pci,netdev=lan,mac=${machine.mac},romfile=`],
    ...["-fw_cfg", `name=opt/io.systemd.credentials/tmpfiles.extra,file=${machine.seed}`],
    ...["-kernel", image.kernel, "-initrd", image.initrd, "-append", kernelCommandLine(machine)],
  ];
}

/** systemd takes the host's name and its network from here, so all hosts share one disk. */
function kernelCommandLine({ name, address, gateway, prefix }: QemuMachine): string {
  return [
    "root=/dev/vda rw console=ttyS0 net.ifnames=0 mitigations=off audit=0 quiet",
    `systemd.hostname=${name}`,
    `ip=${address}::${gateway}:${netmask(prefix)}::eth0:off`,
  ].join(" ");
}

function netmask(prefix: number): string {
  const mask = (0xffffffff << (32 - prefix)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (mask >>> shift) & 0xff).join(".");
}
