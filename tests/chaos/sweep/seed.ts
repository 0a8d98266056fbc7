import { createHash, randomInt } from "node:crypto";

/** The seed of this run: CHAOS_SEED, or a new one. Printed, so that a run can be repeated. */
export function seedOfRun(): number {
  const seed = Number(process.env.CHAOS_SEED ?? randomInt(1_000_000));
  process.stdout.write(`CHAOS_SEED=${seed}\n`);
  return seed;
}

/** Some of many, in their order; equal seeds choose equally. */
export function sample<T>(all: readonly T[], most: number, seed: number): T[] {
  const ranked = all.map((item, index) => ({ item, index, rank: rankOf(seed, index) }));
  const chosen = ranked.sort((a, b) => a.rank.localeCompare(b.rank)).slice(0, most);
  return chosen.sort((a, b) => a.index - b.index).map(({ item }) => item);
}

function rankOf(seed: number, index: number): string {
  return createHash("sha256").update(`${seed}:${index}`).digest("hex");
}
