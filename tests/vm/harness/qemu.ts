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
  /** Its own disk, a qcow2 layer. */
  disk: string;
  /** Raw file systems that it may read only. */
  readOnlyDisks: string[];
  /** What systemd is told at boot: names of its credentials, and the files that hold them. */
  credentials: Record<string, string>;
  /** Where its serial console is written to. */
  console: string;
}

/** The emulator's translated code, in MiB; it would take up to a GiB of each host. */
const TRANSLATION_MIB = 256;
const KERNEL_OPTIONS = "root=/dev/vda rw console=ttyS0 net.ifnames=0 mitigations=off audit=0 quiet";

/** The command line of QEMU: plain emulation, so that it runs where no hardware virtualisation can be had. */
export function qemuCommand(machine: QemuMachine, image: VmImage): string[] {
  const disks = [
    `file=${machine.disk},format=qcow2,if=virtio`,
    ...machine.readOnlyDisks.map((file) => `file=${file},format=raw,if=virtio,readonly=on`),
  ];
  const credentials = Object.entries(machine.credentials);
  return [
    "qemu-system-x86_64",
    ...[
      "-name",
      machine.name,
      "-machine",
      "q35",
      "-accel",
      `tcg,tb-size=${TRANSLATION_MIB}`,
      "-cpu",
      "max,la57=off",
    ],
    ...["-smp", String(machine.cpus), "-m", String(machine.memoryMiB), "-nodefaults", "-display", "none"],
    ...["-serial", `file:${machine.console}`, "-rtc", `base=${machine.clockBase ?? "utc"}`],
    ...disks.flatMap((disk) => ["-drive", disk]),
    ...["-netdev", `tap,id=lan,ifname=${machine.tap},script=no,downscript=no`],
    // Without a boot ROM, which nobody needs and the smaller installations of QEMU lack.
    ...["-device", `virtio-net-pci,netdev=lan,mac=${machine.mac},romfile=`],
    ...credentials.flatMap(([name, file]) => [
      "-fw_cfg",
      `name=opt/io.systemd.credentials/${name},file=${file}`,
    ]),
    ...[
      "-kernel",
      image.kernel,
      "-initrd",
      image.initrd,
      "-append",
      `${KERNEL_OPTIONS} systemd.hostname=${machine.name}`,
    ],
  ];
}
