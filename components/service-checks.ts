import { isLater } from "../resources/later";
import type { ComposeFile } from "../schema/stack";
import { checkComposeFiles } from "../validation/compose";
import type { Problem } from "../validation/problem";
import { writtenCompose } from "./compose-files";
import type { JobArgs, ServiceArgs } from "./service-args";
import { argumentAt, type Rendered } from "./service-compose";

/** What is wrong with a service or a job, by its arguments and not by the lines of a file that nobody has written. */
export function serviceProblems(
  name: string,
  args: Pick<ServiceArgs | JobArgs, "mode" | "replicas">,
  { secrets, configs, networks, compose }: Rendered,
): Problem[] {
  const declared = {
    secrets: Object.keys(secrets),
    configs: Object.keys(configs),
    networks: Object.keys(networks),
  };
  const file = writtenCompose(compose) as ComposeFile;
  const found = checkComposeFiles([file], declared).map(({ where, text }) => ({
    where: argumentAt(where.replace(/^compose(:\d+)*( |$)/, ""), name),
    text,
  }));
  return [...checkReplicas(args), ...found];
}

function checkReplicas({ mode, replicas }: Pick<ServiceArgs, "mode" | "replicas">): Problem[] {
  if (mode !== "global" || replicas === undefined) return [];
  const given = isLater(replicas) ? "" : `${String(replicas)}, but `;
  const text = `${given}a global service has a task on each node. Leave \`replicas\` out, or take mode "replicated".`;
  return [{ where: "replicas", text }];
}
