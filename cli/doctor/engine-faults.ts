type Version = [major: number, minor: number, patch: number];

/** A fault of Docker Engine in swarm networks that a release brought and another one mended. */
export interface EngineFault {
  from: Version;
  /** First release without it. */
  before?: Version;
  /** Last release that is known to have it, where none without it is known. */
  upTo?: Version;
  /** Whether it matters only where a network is encrypted. */
  ofEncryption?: boolean;
  level: "warn" | "fail";
  what: string;
  source: string;
}

/**
 * Only what is bounded, and has a source. That engines before 29.0 do not always agree in the end
 * (https://github.com/moby/moby/issues/47728) is why the networks are looked at, whatever the version.
 */
export const ENGINE_FAULTS: readonly EngineFault[] = [
  {
    from: [28, 2, 0],
    before: [28, 3, 0],
    level: "fail",
    what: "names of services get lost",
    source: "moby#50129, taken back by moby#50169",
  },
  {
    from: [29, 0, 0],
    upTo: [29, 7, 2],
    level: "warn",
    what: "names of services on a node that was away for some seconds may stay lost",
    source: "moby#53141, mended by moby#53142, which no release up to 29.7.2 has",
  },
  {
    from: [29, 3, 0],
    upTo: [29, 5, 2],
    level: "warn",
    what: "forwarding entries may be lost where an address is given again",
    source: "moby#52661",
  },
  ...(
    [
      [
        [17, 3, 0],
        [20, 10, 24],
      ],
      [
        [23, 0, 0],
        [23, 0, 3],
      ],
    ] satisfies [Version, Version][]
  ).map(([from, before]): EngineFault => ({
    from,
    before,
    ofEncryption: true,
    level: "fail",
    what: "encrypted networks may carry clear text and take in what is forged",
    source: "CVE-2023-28840, CVE-2023-28841, CVE-2023-28842",
  })),
];

/** The faults of an engine version as `docker node inspect` shows it: "26.1.5+dfsg1". */
export function faultsOf(engineVersion: string, hasEncryption: boolean): EngineFault[] {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(engineVersion);
  if (!match) return [];
  const version = match.slice(1).map(Number) as Version;
  return ENGINE_FAULTS.filter(
    ({ from, before, upTo, ofEncryption = false }) =>
      compare(version, from) >= 0 &&
      (before === undefined || compare(version, before) < 0) &&
      (upTo === undefined || compare(version, upTo) <= 0) &&
      (!ofEncryption || hasEncryption),
  );
}

export function describeRelease({ before }: EngineFault): string {
  return before ? `Upgrade to Engine ${before.join(".")} or later` : "";
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
