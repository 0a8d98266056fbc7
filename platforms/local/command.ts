import type * as pulumi from "../../resources/pulumi";
import type { ContainerConnection } from "../../schema/connection";
import { dockerCliVariables } from "../../transport/docker-host";
import type { CommandPackage, MachineCommand } from "../platform";

/** A shell command inside of a node's container, by the docker CLI of this machine. */
export function commandInContainer(
  { local }: CommandPackage,
  name: string,
  args: MachineCommand,
  node: pulumi.Output<ContainerConnection>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const inContainer = {
    ...args,
    interpreter: node.apply(({ container }) => ["docker", "exec", container, "sh", "-c"]),
    environment: node.apply(({ dockerHost }) => dockerCliVariables(dockerHost)),
  };
  return new local.Command(name, inContainer as never, opts);
}
