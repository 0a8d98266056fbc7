import { checkLocalVolumes } from "../../platforms/local/validate-volumes";
import { checkSshVolumes } from "../../platforms/ssh/validate-volumes";
import type { PoolVolume } from "../../schema/pool-volume";
import { checkPoolVolumes } from "../../validation/pool-volumes";
import type { Problem } from "../../validation/problem";

const lines = (problems: Problem[]) => problems.map(({ where, text }) => `${where}: ${text}`);
const WHERE = "workers[0].volumes";

test.each<[unknown, RegExp]>([
  [{ name: "pgdata" }, /^workers\[0\]\.volumes: \{.*\} is no list of volumes\. Write it like \[/],
  [["pgdata"], /^workers\[0\]\.volumes\[0\]: "pgdata" is no volume\. Write it like \{ name: "pgdata" \}/],
  [[{}], /^workers\[0\]\.volumes\[0\]\.name: undefined is no name of a volume: at least two letters/],
  [[{ name: "pg data" }], /\[0\]\.name: "pg data" is no name of a volume/],
  [[{ name: "3f".repeat(32) }], /\[0\]\.name: "3f3f.*" is no name of a volume/],
  [[{ name: "pgdata", size: 1 }], /\[0\]\.size: is not known here\. Known: name, path/],
  [
    [{ name: "pgdata", path: "srv/pgdata" }],
    /\[0\]\.path: "srv\/pgdata" is no full path of a folder\. Write/,
  ],
  [[{ name: "pgdata", path: "/" }], /\[0\]\.path: "\/" is no full path/],
  [[{ name: "pgdata", path: "/srv/../etc" }], /\[0\]\.path: "\/srv\/\.\.\/etc" is no full path/],
  [
    [{ name: "pgdata", deletedWith: "never" }],
    /\[0\]\.deletedWith: "never" is none of "node", "cluster", "nothing"/,
  ],
  [[{ name: "pgdata", adopt: "true" }], /\[0\]\.adopt: "true" is neither true nor false/],
  [
    [{ name: "pgdata" }, { name: "wal" }, { name: "pgdata" }],
    /^workers\[0\]\.volumes\[2\]\.name: "pgdata" is the name of workers\[0\]\.volumes\[0\] already/,
  ],
])("%j is one problem of a pool's volumes", (volumes, problem) => {
  expect(lines(checkPoolVolumes(WHERE, volumes))).toEqual([expect.stringMatching(problem)]);
});

test("what is right is no problem, on either platform", () => {
  const volumes: PoolVolume[] = [{ name: "pgdata" }, { name: "wal", deletedWith: "nothing" }];
  expect(checkPoolVolumes(WHERE, volumes)).toEqual([]);
  expect(checkLocalVolumes({ where: WHERE, volumes })).toEqual([]);
  expect(checkSshVolumes({ where: WHERE, volumes: [...volumes, { name: "x1", path: "/data" }] })).toEqual([]);
});

test("the local platform has no place for a path", () => {
  expect(lines(checkLocalVolumes({ where: WHERE, volumes: [{ name: "a1", path: "/srv/a" }] }))).toEqual([
    expect.stringMatching(/volumes\[0\]\.path: "\/srv\/a" is for hosts over SSH: .* Leave it out\.$/),
  ]);
});

test.each<[PoolVolume[], RegExp]>([
  [
    [{ name: "a1", path: "/etc/a" }],
    /\[0\]\.path: "\/etc\/a" is in \/etc, which is not for files of services/,
  ],
  [[{ name: "a1", path: "/var/lib/docker/volumes" }], /\[0\]\.path: .* is in \/var\/lib\/docker,/],
  [
    [
      { name: "a1", path: "/srv/a" },
      { name: "b1", path: "/srv/a/b" },
    ],
    /\[1\]\.path: "\/srv\/a\/b" is, or is in, that of workers\[0\]\.volumes\[0\]/,
  ],
  [
    [{ name: "a1", deletedWith: "cluster" }],
    /\[0\]\.deletedWith: "cluster" does not go with a host: its folder always/,
  ],
  [[{ name: "a1", adopt: true }], /\[0\]\.adopt: is for the local platform/],
])("hosts over SSH have no place for %j", (volumes, problem) => {
  expect(lines(checkSshVolumes({ where: WHERE, volumes }))).toEqual([expect.stringMatching(problem)]);
});
