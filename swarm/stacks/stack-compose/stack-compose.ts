import { composeText } from "../compose-text";
import type { NetworkInspect } from "../../../docker/api/network";
import { containerPart } from "./container-part";
import { deployPart, portsPart } from "./deploy";
import { keyOf } from "./compose-key";
import { IMAGE_OF_STACK_LABEL } from "./labels";
import { Lacks } from "./lacks";
import { StackVolumes } from "./mounts";
import { StackNetworks, type Pools } from "./stack-networks";
import type { FullServiceSpec, TaskTemplate } from "./spec";
import { filled, mapping } from "./compose-values";

/** A stack as it runs, in the words of a compose file. */
export interface StackCompose {
  /** Text of the compose file. */
  content: string;
  /** What the file cannot say: a deploy of it would change that, and mostly renew tasks. */
  lacks: string[];
  /** Names of the secrets, configs and networks that it declares as external. */
  uses: { secrets: string[]; configs: string[]; networks: string[] };
}

/**
 * The compose file of a stack that runs: what `docker stack deploy` makes the same services of, so that their tasks stay. It is
 * the way back of docker/cli, cli/compose/convert/service.go.
 */
export function composeOf(
  stack: string,
  services: readonly FullServiceSpec[],
  networks: readonly NetworkInspect[],
  pools: Pools,
): StackCompose {
  const lacks = new Lacks();
  const [stackNetworks, volumes] = [new StackNetworks(stack, networks, pools), new StackVolumes(stack)];
  const ordered = [...services].sort((a, b) => a.Name.localeCompare(b.Name));
  const converted = ordered.map((spec): [string, object] => {
    const key = keyOf(stack, spec.Name);
    const own = lacks.of(key);
    if (key === spec.Name) own.say(`a deploy would name it ${stack}_${key}`);
    return [key, service(key, spec, stackNetworks, volumes, own)];
  });
  const uses = {
    secrets: namesIn(ordered, "Secrets", "SecretName"),
    configs: namesIn(ordered, "Configs", "ConfigName"),
    networks: externalIn(stackNetworks.section),
  };
  const external = (names: readonly string[]) =>
    filled(Object.fromEntries(names.map((name) => [name, { external: true, name }])));
  const compose = mapping({
    services: Object.fromEntries(converted),
    networks: filled(stackNetworks.section),
    volumes: filled(volumes.section),
    secrets: external(uses.secrets),
    configs: external(uses.configs),
  });
  return { content: composeText(compose ?? {}), lacks: lacks.found, uses };
}

function service(
  key: string,
  spec: FullServiceSpec,
  networks: StackNetworks,
  volumes: StackVolumes,
  lacks: Lacks,
): object {
  const { Name: _name, Labels, TaskTemplate: task, Mode: _mode, UpdateConfig: _update, ...more } = spec;
  const { RollbackConfig: _rollback, EndpointSpec: _endpoint, ...rest } = more;
  lacks.rest(rest);
  const { ContainerSpec, Networks, LogDriver, Runtime } = task;
  lacks.rest(unknownOfTask(task));
  if (Runtime && Runtime !== "container") lacks.say(`its runtime is ${Runtime}`);
  if (!ContainerSpec) {
    lacks.say("it runs no containers");
    return {};
  }
  return {
    ...mapping({
      image: imageOf(ContainerSpec.Image, Labels?.[IMAGE_OF_STACK_LABEL]),
      ...containerPart(ContainerSpec, lacks),
      ports: portsPart(spec),
      networks: networks.of(key, Networks, lacks),
      volumes: volumes.of(ContainerSpec.Mounts, lacks),
      logging:
        LogDriver && mapping({ driver: LogDriver.Name || undefined, options: filled(LogDriver.Options) }),
      deploy: deployPart(spec, lacks),
    }),
  };
}

function unknownOfTask(task: TaskTemplate): object {
  const { ContainerSpec: _container, Resources: _resources, RestartPolicy: _restart, ...more } = task;
  const { Placement: _placement, Networks: _networks, LogDriver: _log, ...others } = more;
  // A deploy keeps the number of forced updates.
  const { ForceUpdate: _forced, Runtime: _runtime, ...rest } = others;
  return rest;
}

/** As the file of the last deploy named it, whose digest a deploy then keeps; as it runs where it was changed by hand since. */
function imageOf(image: string, named: string | undefined): string {
  const [tagged] = image.split("@");
  return named !== undefined && (named === image || named === tagged) ? named : image;
}

function namesIn<K extends "Secrets" | "Configs">(
  services: readonly FullServiceSpec[],
  section: K,
  field: K extends "Secrets" ? "SecretName" : "ConfigName",
): string[] {
  const all = services.flatMap(({ TaskTemplate: { ContainerSpec } }) =>
    ((ContainerSpec?.[section] ?? []) as unknown as Record<string, string>[]).map((one) => one[field]),
  );
  return [...new Set(all)].sort();
}

function externalIn(section: Record<string, object>): string[] {
  return Object.keys(section).filter((key) => "external" in section[key]);
}
