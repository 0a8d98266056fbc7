import { upCommand } from "../foundation/command-lines";
import { askSecrets, type PulumiRun } from "../tools/setup/pulumi-run";

/** What a command works on. */
export interface Target extends PulumiRun {
  /** The Pulumi stack. @default the one that is selected */
  stack?: string;
  /** The cluster's name. @default the stack's only one */
  cluster?: string;
}

export interface StateResource {
  urn: string;
  type: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  /** Why it is not as it shall be, where its last update failed half-way. */
  initErrors?: string[];
}

/** A secret in `pulumi stack export --show-secrets`: its value as JSON, in clear text. */
interface Shown {
  plaintext?: string;
}

interface Exported {
  deployment?: { resources?: StateResource[] };
}

/** The resources in the state of a Pulumi stack, secrets in clear text. */
export async function stateResources({ stack, cwd, env }: Target): Promise<StateResource[]> {
  const named = stack ? ["--stack", stack] : [];
  const asked = askSecrets(["stack", "export", ...named], { cwd, env });
  const exported = await asked.catch((error: Error) => {
    const which = stack ? `stack ${stack}` : "the selected stack (another one: --stack NAME)";
    throw new Error(
      `The state of ${which} could not be read: ${error.message}\nMake the cluster first: ${upCommand()}`,
    );
  });
  return resourcesIn(exported);
}

/** The resources of what `pulumi stack export --show-secrets` printed. */
export function resourcesIn(exported: unknown): StateResource[] {
  return ((exported as Exported).deployment?.resources ?? []).map((resource) => ({
    ...resource,
    inputs: revealed(resource.inputs ?? {}),
    outputs: revealed(resource.outputs ?? {}),
  }));
}

/** A value of the state with what was secret in it in its place. */
function revealed<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  const { plaintext } = value as Shown;
  if (typeof plaintext === "string") return revealed(JSON.parse(plaintext) as T);
  if (Array.isArray(value)) return value.map(revealed) as T;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, revealed(inner as unknown)]),
  ) as T;
}

/** The option of the Pulumi CLI that names the same stack; empty for the one that is selected. */
export function stackFlag({ stack }: Pick<Target, "stack">): string {
  return stack ? `--stack ${stack}` : "";
}
