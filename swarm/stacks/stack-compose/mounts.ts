import { isDeepStrictEqual } from "node:util";
import { STACK_LABEL } from "../../../docker/services";
import { keyOf } from "./compose-key";
import type { Lacks } from "./lacks";
import type { Mount } from "./spec";
import { filled, mapping, without } from "./compose-values";

/** The top-level section `volumes`, which grows as services are converted. */
export class StackVolumes {
  readonly section: Record<string, object> = {};

  constructor(private readonly stack: string) {}

  /** `volumes` of one service. */
  of(mounts: readonly Mount[] | undefined, lacks: Lacks): object[] | undefined {
    return filled((mounts ?? []).map((mount) => this.mount(mount, lacks.of(`Mounts ${mount.Target}`))));
  }

  private mount(mount: Mount, lacks: Lacks): object {
    const { Type, Source, Target, ReadOnly, Consistency, BindOptions, VolumeOptions, TmpfsOptions, ...rest } =
      mount;
    lacks.rest(rest);
    const common = {
      type: Type,
      source: Source || undefined,
      target: Target,
      read_only: ReadOnly || undefined,
      consistency: Consistency === "default" ? undefined : Consistency || undefined,
    };
    const { Propagation, ...bindRest } = BindOptions ?? {};
    const { NoCopy, Subpath, Labels, DriverConfig, ...volumeRest } = VolumeOptions ?? {};
    const { SizeBytes, ...tmpfsRest } = TmpfsOptions ?? {};
    [bindRest, volumeRest, tmpfsRest].forEach((unknown) => lacks.rest(unknown));
    if (!["volume", "bind", "tmpfs", "npipe"].includes(Type))
      lacks.say(`mounts of type ${Type} are not taken up`);
    const isNamed = Type === "volume" && Source;
    if (!isNamed && (Labels ?? DriverConfig)) lacks.rest({ Labels, DriverConfig });
    return {
      ...mapping({
        ...common,
        source: isNamed ? this.declared(Source, { Labels, DriverConfig }, lacks) : common.source,
        bind: mapping({ propagation: Propagation || undefined }),
        volume: mapping({ nocopy: NoCopy || undefined, subpath: Subpath || undefined }),
        tmpfs: mapping({ size: SizeBytes || undefined }),
      }),
    };
  }

  /** Declares a volume: the stack's own by what it is, any other by its name. Answers its key. */
  private declared(
    name: string,
    { Labels, DriverConfig }: NonNullable<Mount["VolumeOptions"]>,
    lacks: Lacks,
  ): string {
    const isOwn = Labels?.[STACK_LABEL] === this.stack;
    const key = isOwn ? keyOf(this.stack, name) : name;
    const given = key === name || !isOwn ? { name } : {};
    const volume = isOwn
      ? mapping({
          ...given,
          driver: DriverConfig?.Name || undefined,
          driver_opts: filled(DriverConfig?.Options),
          labels: without(Labels, (label) => label === STACK_LABEL),
        })
      : { external: true, name };
    if (!isOwn) lacks.rest({ Labels, DriverConfig });
    const before = this.section[key];
    if (before && !isDeepStrictEqual(before, volume ?? {}))
      lacks.say(`the volume ${name} is mounted with other options elsewhere in the stack`);
    this.section[key] ??= volume ?? {};
    return key;
  }
}
