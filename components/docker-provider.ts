import * as pulumi from "../resources/pulumi";

// eslint-disable-next-line @typescript-eslint/ban-ts-comment
/**
 * `@pulumi/docker`, which is loaded where somebody wants its provider: a program without need not have its types.
 * @ts-ignore */
export type DockerPackage = typeof import("@pulumi/docker");

export type DockerProvider = InstanceType<DockerPackage["Provider"]>;
/** What a provider of `@pulumi/docker` takes beside its host: `registryAuth`, `sshOpts` … */
export type DockerProviderArgs = Omit<
  NonNullable<ConstructorParameters<DockerPackage["Provider"]>[1]>,
  "host" | "context"
>;

/** The one that was tried. */
const PACKAGE = "@pulumi/docker@5.2.0";

/** @throws RunError where the optional peer is not there. Nothing is registered before the program has ended. */
export function dockerProviderOf(
  name: string,
  host: pulumi.Output<string>,
  args: DockerProviderArgs,
  opts: pulumi.ResourceOptions,
): DockerProvider {
  const { Provider } = dockerPackage();
  return new Provider(name, { ...args, host }, opts);
}

function dockerPackage(): DockerPackage {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require("@pulumi/docker") as DockerPackage;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new pulumi.RunError(
      "dockerProvider() hands out a provider of @pulumi/docker ^5.0.0, which is not installed. " +
        `Nothing was created or changed. Install it: npm install ${PACKAGE}`,
    );
  }
}
