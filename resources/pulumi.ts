// What this package needs of @pulumi/pulumi, module by module. Its index loads the TypeScript compiler and npm's arborist as
// well, for functions that are serialised into a state; that is 0.6 s of processor time in every preview, up and refresh.
export * from "@pulumi/pulumi/config";
export * from "@pulumi/pulumi/errors";
export * from "@pulumi/pulumi/metadata";
export * from "@pulumi/pulumi/output";
export * from "@pulumi/pulumi/resource";
export * as log from "@pulumi/pulumi/log";
export { allConfig } from "@pulumi/pulumi/runtime/config";
export { getMonitor, hasMonitor } from "@pulumi/pulumi/runtime/settings";
