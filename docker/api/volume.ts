/** @spec Volume */
export interface Volume {
  Name: string;
  Driver: string;
  /** Where its files lie on the machine of the engine. */
  Mountpoint: string;
  Labels: Record<string, string> | null;
  /** What its driver was told. Empty for a plain folder. */
  Options: Record<string, string> | null;
  /** Only where sizes were asked for. */
  UsageData?: { Size: number } | null;
}
