import type { ComposeFile } from "../schema/stack";
import { readCompose } from "./compose-read";
import { show, type Problem } from "./problem";

const FIELDS = ["replicas", "image"] as const;

/** Something of a service that the program leaves to somebody else. */
export interface Ignored {
  /** Its name in the compose file. */
  service: string;
  field: (typeof FIELDS)[number];
}

/** What `ignore` names; what it should not name is left out. */
export function ignoredOf(ignore: readonly string[] = []): Ignored[] {
  return ignore.flatMap((path) => ignored(path) ?? []);
}

/** @param composeFiles - all of them, where their texts are known */
export function checkIgnore(
  ignore: readonly string[] = [],
  composeFiles?: readonly ComposeFile[],
): Problem[] {
  const services = composeFiles?.flatMap((file) =>
    (readCompose(file).root?.child("services")?.entries ?? []).map(({ key }) => key.text),
  );
  return ignore.flatMap((path, index) => {
    const where = `ignore[${index}]`;
    const found = ignored(path);
    if (!found)
      return [
        { where, text: `${show(path)} can be left to nobody. Write ${FIELDS.map(example).join(" or ")}.` },
      ];
    if (!services || services.includes(found.service)) return [];
    const names = services.join(", ") || "none";
    return [{ where, text: `there is no service ${show(found.service)}. There are: ${names}.` }];
  });
}

function ignored(path: string): Ignored | undefined {
  const field = FIELDS.find((name) => path.endsWith(`.${name}`));
  const service = /^services\.(.+)\.\w+$/.exec(path)?.[1];
  return field && service ? { service, field } : undefined;
}

function example(field: string): string {
  return `\`services.NAME.${field}\``;
}
