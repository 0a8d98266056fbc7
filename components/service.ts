import * as pulumi from "../resources/pulumi";
import { SwarmJobResource, SwarmStackResource } from "../resources/object-resources";
import type { StackEndpoint, StackService } from "../schema/stack";
import { onceProgramIsValid, report } from "./program-checks";
import { serviceProblems } from "./service-checks";
import { renderService, type Rendered } from "./service-compose";
import type { JobArgs, ServiceArgs } from "./service-args";
import { stackInputs, stackOptions, type StackArgs } from "./stack";

/**
 * A service, written in TypeScript and not in a compose file. In the swarm it is a stack of its name with one service of its name: `web`
 * is `web_web` in `docker service ls`, and `web` to the other services in its networks.
 *
 * @example
 * const backend = new Network("backend", { cluster });
 * const web = new Service("web", { cluster, image: "shop:1.4", replicas: 2, ports: ["8080:80"], networks: { backend } });
 */
export class Service extends pulumi.ComponentResource {
  /** Its ID in the swarm. */
  readonly serviceId: pulumi.Output<string>;
  /** Its name in the swarm: `web_web`. */
  readonly serviceName: pulumi.Output<string>;
  /** Image of its tasks, with digest where that is known. */
  readonly image: pulumi.Output<string>;
  /** The image's digest, where a registry was asked. */
  readonly digest: pulumi.Output<string | undefined>;
  /** Running tasks when it had converged. */
  readonly replicas: pulumi.Output<number>;
  /** Where its published ports are reached. */
  readonly endpoints: pulumi.Output<StackEndpoint[]>;
  /** Names of the networks that its tasks are in. */
  readonly networks: pulumi.Output<string[]>;

  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("swarm:index:Service", name, {}, onceProgramIsValid(opts));
    const me = `Service "${name}"`;
    const rendered = renderService(name, args);
    const stackArgs = argsOf(name, args, rendered);
    const problems = serviceProblems(name, args, rendered);
    report(me, problems);
    const services =
      problems.length === 0
        ? new SwarmStackResource(name, stackInputs(me, name, stackArgs), stackOptions(args.cluster, this))
            .services
        : pulumi.output<StackService[]>([]);
    const of = <K extends keyof StackService>(key: K) =>
      services.apply(([service]) => service?.[key]) as pulumi.Output<StackService[K]>;
    this.serviceId = of("id");
    this.serviceName = of("name");
    this.image = of("image");
    this.digest = of("digest");
    this.replicas = of("replicas");
    this.endpoints = of("endpoints");
    this.networks = of("networks");
    const { serviceId, serviceName, image, digest, replicas, endpoints, networks } = this;
    this.registerOutputs({ serviceId, serviceName, image, digest, replicas, endpoints, networks });
  }
}

/**
 * Something that runs to its end, once: when it is new, and again whenever one of its triggers changes. It fails with what its task failed
 * with. What has to come after it says `dependsOn`.
 *
 * @example
 * const migrate = new Job("migrate", { cluster, image, command: ["./migrate"], networks: { backend } });
 * new Service("web", { cluster, image, networks: { backend } }, { dependsOn: migrate });
 */
export class Job extends pulumi.ComponentResource {
  /** The last lines that its tasks have printed, without the secrets that are known of. */
  readonly logs: pulumi.Output<string>;
  /** Its ID in the swarm. */
  readonly serviceId: pulumi.Output<string>;
  /** Its name in the swarm: `migrate_migrate`. */
  readonly serviceName: pulumi.Output<string>;

  constructor(name: string, args: JobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("swarm:index:Job", name, {}, onceProgramIsValid(opts));
    const me = `Job "${name}"`;
    const { mode = "replicated", restart = { condition: "none" }, triggers, logLines } = args;
    const rendered = renderService(name, { ...args, restart, mode: `${mode}-job` as "replicated" });
    const stackArgs = argsOf(name, args, rendered);
    const problems = serviceProblems(name, args, rendered);
    report(me, problems);
    const job =
      problems.length === 0
        ? new SwarmJobResource(
            name,
            {
              ...withoutStages(stackInputs(me, name, stackArgs)),
              triggers:
                triggers && pulumi.all(triggers).apply((all) => all.map((one) => JSON.stringify(one) ?? "")),
              logLines,
            },
            stackOptions(args.cluster, this),
          )
        : { logs: pulumi.output(""), services: pulumi.output<StackService[]>([]) };
    this.logs = job.logs;
    this.serviceId = job.services.apply(([service]) => service?.id);
    this.serviceName = job.services.apply(([service]) => service?.name);
    this.registerOutputs({ logs: this.logs, serviceId: this.serviceId, serviceName: this.serviceName });
  }
}

function argsOf(name: string, args: ServiceArgs | JobArgs, rendered: Rendered): StackArgs {
  const { cluster, registries, resolveImage, convergeTimeout, logsOnFailure, adopt, onFailure } = args;
  const ignore = "ignore" in args ? args.ignore?.map((field) => `services.${name}.${field}`) : undefined;
  const { environment: env, secrets, configs, networks, compose } = rendered;
  return {
    ...{ cluster, registries, resolveImage, convergeTimeout, logsOnFailure, adopt, onFailure, ignore },
    ...{ compose, env, secrets, configs, networks },
  };
}

function withoutStages({ stages: _none, ignore: _nothing, ...inputs }: ReturnType<typeof stackInputs>) {
  return inputs;
}
