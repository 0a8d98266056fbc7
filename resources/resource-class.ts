import * as pulumi from "./pulumi";
import type { ClusterNames, Owner } from "../schema/owner";
import { shapeOf } from "../schema/package-schema";
import type { Resources, ResourceType } from "../schema/resources";
import { firstUse } from "./first-use";

/** Inputs as a program gives them: each plain or as the output of another resource. */
export type Inputs<T> = { [K in keyof T]: T[K] extends Owner | undefined ? OwnerArgs : pulumi.Input<T[K]> };

/** Whose an object is: its names are known from the start, so a preview and the program's own checks can show them. */
export interface OwnerArgs extends ClusterNames {
  id: pulumi.Input<string>;
  isGuest?: boolean;
}

type Outputs<T> = { readonly [K in keyof T]: pulumi.Output<T[K]> };

type ResourceClass<T extends ResourceType, Args> = new (
  name: string,
  args: Args,
  opts?: pulumi.CustomResourceOptions,
) => pulumi.CustomResource & Outputs<Resources[T]["outputs"]>;

/**
 * The class of a resource of this provider. The contract says what it takes and adds: its outputs are declared here, and
 * secret ones are marked, as secret inputs are whatever the program passes.
 * @typeParam Args - inputs as a program gives them, where more of them may be outputs than each as a whole
 */
export function resource<T extends ResourceType, Args extends object = Inputs<Resources[T]["inputs"]>>(
  type: T,
): ResourceClass<T, Args> {
  class OfType extends pulumi.CustomResource {
    constructor(name: string, args: Args, opts?: pulumi.CustomResourceOptions) {
      firstUse();
      const { outputs, secrets } = shapeOf(type);
      const declared = Object.fromEntries(outputs.map((output) => [output, undefined]));
      const guarded = Object.entries(args).map(([input, value]: [string, unknown]) => [
        input,
        // A secret nothing would be sent as one that is null.
        secrets.includes(input) && value !== undefined ? pulumi.secret(value) : value,
      ]);
      const hidden = pulumi.mergeOptions(opts, { additionalSecretOutputs: [...secrets] });
      super(type, name, { ...declared, ...Object.fromEntries(guarded) } as pulumi.Inputs, hidden);
    }
  }
  return OfType as unknown as ResourceClass<T, Args>;
}
