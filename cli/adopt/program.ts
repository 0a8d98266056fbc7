import { clusterText } from "./cluster-text";
import type { FoundSwarm } from "./gather-swarm";
import { comment } from "./literal";
import { Identifiers } from "./names";
import { configsText, networksText, secretsText } from "./objects-text";
import { stacksText } from "./stacks-text";

export interface AdoptingProgram {
  /** TypeScript. */
  text: string;
  /** Files beside it, where it is not whole: name → text. */
  composeFiles: Map<string, string>;
  /** What is left to the user, in order. */
  steps: string[];
}

/**
 * The program that takes over a swarm as it was found.
 * @param isWhole - compose files stand in the program itself
 */
export function programOf(cluster: string, found: FoundSwarm, isWhole: boolean): AdoptingProgram {
  const identifiers = new Identifiers(["cluster", "config", "pulumi"]);
  const networks = networksText(found, identifiers);
  const configs = configsText(found, identifiers);
  const secrets = secretsText(found, identifiers, new Identifiers());
  const objects = {
    networks: networks.identifiers,
    configs: configs.identifiers,
    secrets: secrets.identifiers,
  };
  const stacks = stacksText(found, objects, isWhole);
  const hasSecrets = secrets.configKeys.length > 0;
  const used = { Config: configs, Network: networks, Secret: secrets };
  const classes = [
    ...Object.entries(used).flatMap(([name, { identifiers: all }]) =>
      Object.keys(all).length > 0 ? [name] : [],
    ),
    "SshPlatform",
    ...(stacks.texts.some((text) => text.includes("new Stack(")) ? ["Stack"] : []),
    "SwarmCluster",
  ];
  const steps = stepsOf(secrets.configKeys);
  const head = [
    `Swarm ${found.swarm.ID} as it was found. But for what a comment says it is taken over as it is: no task is renewed.`,
    "To do:",
    ...steps.map((step, index) => `${index + 1}. ${step}`),
    "`adopt: true` has done its work after the first `pulumi up`; it may stay.",
  ];
  const parts = [
    comment(head.join("\n")),
    [
      ...(hasSecrets ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
      `import { ${classes.join(", ")} } from "pulumi-swarm";`,
    ].join("\n"),
    ...(hasSecrets ? ["const config = new pulumi.Config();"] : []),
    clusterText(cluster, found),
    ...networks.texts,
    ...configs.texts,
    ...secrets.texts,
    ...stacks.texts,
  ];
  return { text: `${parts.join("\n\n")}\n`, composeFiles: stacks.composeFiles, steps };
}

function stepsOf(configKeys: readonly string[]): string[] {
  return [
    "Read it, and complete what a comment asks for.",
    ...configKeys.map(
      (key, index) =>
        `pulumi config set --secret ${key}${index === 0 ? "   (what the secret holds; a swarm never tells it, so it is believed)" : ""}`,
    ),
    "pulumi preview   (names each object that is taken over, with its ID, and changes nothing)",
    "pulumi up",
  ];
}
