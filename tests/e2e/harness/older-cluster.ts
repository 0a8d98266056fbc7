import type { StateResource } from "./state-resource";
import type { Workspace } from "./workspace";

const TYPE = "swarm:index:ClusterIdentity";

/**
 * An `up` that leaves a cluster as it was before there were identities, labels and state. The first `up` finds an
 * identity in its state already, an empty one, of which no label is made; then the state forgets it.
 */
export async function olderCluster(workspace: Workspace): Promise<void> {
  await workspace.rewriteState(() => emptyIdentity(workspace));
  await workspace.up();
  await workspace.rewriteState(forgotten);
}

function emptyIdentity({ stack, cluster }: Workspace): StateResource[] {
  const urn = (type: string, name: string) => `urn:pulumi:${stack}::pulumi-swarm::${type}::${name}`;
  const root = urn("pulumi:pulumi:Stack", `pulumi-swarm-${stack}`);
  const component = urn("swarm:index:SwarmCluster", cluster);
  const provider = urn("pulumi:providers:swarm", "default");
  const id = "11111111-2222-3333-4444-555555555555";
  return [
    { urn: root, type: "pulumi:pulumi:Stack", custom: false },
    { urn: component, type: "swarm:index:SwarmCluster", custom: false, parent: root },
    { urn: provider, type: "pulumi:providers:swarm", custom: true, id },
    {
      urn: urn(`swarm:index:SwarmCluster$${TYPE}`, cluster),
      type: TYPE,
      custom: true,
      id: "none",
      inputs: { cluster },
      outputs: { cluster, identity: "" },
      parent: component,
      provider: `${provider}::${id}`,
    },
  ];
}

function forgotten(resources: StateResource[]): StateResource[] {
  const identity = resources.find(({ type }) => type === TYPE)?.urn;
  const known = (urns: string[] | null | undefined) => (urns ?? []).filter((urn) => urn !== identity);
  return resources
    .filter(({ urn }) => urn !== identity)
    .map(({ inputs, outputs, dependencies, propertyDependencies = {}, ...rest }) => ({
      ...rest,
      inputs: withNames(inputs),
      outputs: withNames(outputs),
      dependencies: known(dependencies),
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([name, urns]) => [name, known(urns)]),
      ),
    }));
}

/** Owners had names only. */
function withNames(values: StateResource["inputs"]): StateResource["inputs"] {
  const owner = values?.owner as Record<string, string> | undefined;
  if (!owner) return values;
  const { id: _none, ...names } = owner;
  return { ...values, owner: names };
}
