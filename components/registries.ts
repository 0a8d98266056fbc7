import * as pulumi from "../resources/pulumi";
import { checkRegistries } from "../validation/registries";
import { reportWithOutputs } from "./program-checks";

/** A registry that asks for a login. @settings */
export interface RegistryArgs {
  /** What the names of its images begin with: "registry.example.com:5000"; "docker.io" is Docker Hub. */
  server: pulumi.Input<string>;
  /** The user; one that may only read is enough. */
  username: pulumi.Input<string>;
  /** The password, or a token in its place. It is a secret whatever the program passes. */
  password: pulumi.Input<string>;
  /**
   * Certificate of the authority that signs the registry's, as PEM: a manager that deploys trusts it for as long as it asks. The nodes that
   * pull have to trust it by themselves, as those of a cluster with `Registry` do. @default what the manager's engine trusts
   */
  certificate?: pulumi.Input<string>;
}

/** Registries as the resource of a stack gets them: those of the cluster, and over them its own. */
export function loginsOf(
  component: string,
  own: readonly RegistryArgs[] | undefined,
  ofCluster: readonly RegistryArgs[] | undefined,
) {
  reportWithOutputs(component, own, checkRegistries);
  if (!own && !ofCluster) return {};
  // What is no list was reported.
  const all = [ofCluster, own].flatMap((some) => (Array.isArray(some) ? (some as RegistryArgs[]) : []));
  return {
    registries: byServer(all, ({ username }) => username),
    registryPasswords: pulumi.secret(byServer(all, ({ password }) => password)),
    ...certificatesOf(all),
  };
}

/** Nothing where none has one, so that nothing is recorded of it. */
function certificatesOf(all: readonly RegistryArgs[]) {
  const known = all.filter(({ certificate }) => certificate !== undefined);
  return known.length > 0
    ? { registryCertificates: byServer(known, ({ certificate }) => certificate ?? "") }
    : {};
}

function byServer(
  registries: readonly RegistryArgs[],
  value: (registry: RegistryArgs) => pulumi.Input<string>,
): pulumi.Output<Record<string, string>> {
  return pulumi
    .all(registries.map((registry) => pulumi.all([registry.server, value(registry)])))
    .apply((pairs) => Object.fromEntries(pairs) as Record<string, string>);
}
