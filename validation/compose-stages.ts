import type { ComposeFile } from "../schema/stack";
import { closest } from "./compose-keys";
import { readCompose } from "./compose-read";
import { show, type Problem } from "./problem";

const EXAMPLE = 'Write it like [["db"], ["migrate"]].';

/**
 * What of a stack comes first.
 *
 * @param composeFiles - all of them, where their texts are known
 */
export function checkStages(stages: unknown = [], composeFiles?: readonly ComposeFile[]): Problem[] {
  if (!Array.isArray(stages))
    return [{ where: "stages", text: `${show(stages)} is no list of stages. ${EXAMPLE}` }];
  const problems = stages.flatMap((stage: unknown, index) => checkStage(`stages[${index}]`, stage));
  if (problems.length > 0) return problems;
  const names = (stages as string[][]).flatMap((stage, index) =>
    stage.map((name) => ({ where: `stages[${index}]`, name })),
  );
  const services = composeFiles && servicesOf(composeFiles);
  return names.flatMap(({ where, name }, at) => {
    const first = names.findIndex((other) => other.name === name);
    if (first < at) {
      const text = `${show(name)} is in ${names[first].where} already. A service comes once; name it in one of them.`;
      return [{ where, text }];
    }
    if (!services || services.includes(name)) return [];
    const close = closest(name, new Set(services));
    const remedy = close ? `Did you mean "${close}"?` : `There are: ${services.join(", ") || "none"}.`;
    return [{ where, text: `there is no service ${show(name)}. ${remedy}` }];
  });
}

function checkStage(where: string, stage: unknown): Problem[] {
  if (!Array.isArray(stage)) return [{ where, text: `${show(stage)} is no list of services. ${EXAMPLE}` }];
  if (stage.length === 0)
    return [
      { where, text: "is empty, so nothing would be waited for. Name a service, or leave the stage out." },
    ];
  return stage.flatMap((name: unknown) =>
    typeof name === "string" && name !== ""
      ? []
      : [{ where, text: `${show(name)} is no name of a service. ${EXAMPLE}` }],
  );
}

function servicesOf(composeFiles: readonly ComposeFile[]): string[] {
  const names = composeFiles.flatMap((file) =>
    (readCompose(file).root?.child("services")?.entries ?? []).flatMap(({ key }) => key.text ?? []),
  );
  return [...new Set(names)];
}
