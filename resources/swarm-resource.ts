import * as pulumi from "./pulumi";
import type { ClusterNames, Owner } from "../contract/owner";
import { keepAnswersOutOfDebugLines } from "./sdk-debug";

// Once per program: a module is loaded once.
keepAnswersOutOfDebugLines();

/** Inputs as a program gives them: each plain or as the output of another resource. */
export type Inputs<T> = { [K in keyof T]: T[K] extends Owner | undefined ? OwnerArgs : pulumi.Input<T[K]> };

/** Whose an object is: its names are known from the start, so a preview and the program's own checks can show them. */
export interface OwnerArgs extends ClusterNames {
  id: pulumi.Input<string>;
  isGuest?: boolean;
}

/** What all resources of this provider share: their outputs are declared, and secret ones marked. */
export abstract class SwarmResource extends pulumi.CustomResource {
  constructor(
    type: string,
    name: string,
    inputs: object,
    outputs: { all: readonly string[]; secret?: readonly string[] },
    opts?: pulumi.CustomResourceOptions,
  ) {
    const declared = Object.fromEntries(outputs.all.map((output) => [output, undefined]));
    const secrets = pulumi.mergeOptions(opts, { additionalSecretOutputs: [...(outputs.secret ?? [])] });
    super(`swarm:index:${type}`, name, { ...declared, ...inputs }, secrets);
  }
}
