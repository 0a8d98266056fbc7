import * as pulumi from "./pulumi";

/** A resource of this program of which only the URN is at hand: enough for `dependsOn` and `deletedWith`. */
export function resourceAt(urn: pulumi.Input<string>): pulumi.Resource {
  return Object.assign(new pulumi.DependencyResource(""), { urn: pulumi.output(urn) });
}
