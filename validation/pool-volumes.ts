import { keysOf } from "../schema/package-schema";
import { isMapping } from "./node";
import { show, type Problem } from "./problem";
import { unknownKeys } from "./unknown-keys";

/** What the engine takes for the name of a volume (moby, volume/names). */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
/** What an engine names by itself: such a volume counts as nobody's. */
const NAMELESS = /^[0-9a-f]{64}$/;
const ENDS = ["node", "cluster", "nothing"];

/** The volumes of a pool, as far as every platform has the same rules. */
export function checkPoolVolumes(where: string, volumes: unknown): Problem[] {
  if (volumes === undefined) return [];
  if (!Array.isArray(volumes))
    return [{ where, text: `${show(volumes)} is no list of volumes. Write it like [{ name: "pgdata" }].` }];
  const names = volumes.map((volume: unknown) => (isMapping(volume) ? volume.name : undefined));
  return volumes.flatMap((volume: unknown, index) => {
    const at = `${where}[${index}]`;
    const problems = checkVolume(at, volume);
    const first = names.indexOf(names[index]);
    if (first < index && typeof names[index] === "string")
      problems.push({
        where: `${at}.name`,
        text: `${show(names[index])} is the name of ${where}[${first}] already. A node's volumes have different names.`,
      });
    return problems;
  });
}

function checkVolume(where: string, volume: unknown): Problem[] {
  if (!isMapping(volume))
    return [{ where, text: `${show(volume)} is no volume. Write it like { name: "pgdata" }.` }];
  const problems = unknownKeys(where, volume, keysOf("PoolVolume"));
  const { name, path, deletedWith, adopt } = volume;
  const report = (key: string, text: string) => problems.push({ where: `${where}.${key}`, text });
  if (typeof name !== "string" || !NAME.test(name) || NAMELESS.test(name))
    report(
      "name",
      `${show(name)} is no name of a volume: at least two letters, digits, dots, hyphens and underscores, the first a letter or ` +
        'a digit. Write it like "pgdata".',
    );
  if (path !== undefined && !isFolder(path))
    report("path", `${show(path)} is no full path of a folder. Write it like "/srv/pgdata".`);
  if (deletedWith !== undefined && !ENDS.includes(deletedWith as string))
    report("deletedWith", `${show(deletedWith)} is none of ${ENDS.map(show).join(", ")}.`);
  if (adopt !== undefined && typeof adopt !== "boolean")
    report("adopt", `${show(adopt)} is neither true nor false. Write it without quotes.`);
  return problems;
}

/** Without parts that lead elsewhere, and not the root. */
function isFolder(path: unknown): boolean {
  return typeof path === "string" && /^(\/[^/\n]+)+$/.test(path) && !/\/\.{1,2}(\/|$)/.test(path);
}
