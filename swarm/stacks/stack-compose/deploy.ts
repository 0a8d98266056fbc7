import { IMAGE_OF_STACK_LABEL, isOwnerLabel } from "./labels";
import { STACK_LABEL } from "../../../docker/services";
import type { Lacks } from "./lacks";
import type { FullServiceSpec, ComposePort, TaskTemplate, UpdateConfig } from "./spec";
import { bytes, cpus, duration, filled, mapping, someDuration, without } from "./compose-values";

/** The section `deploy` of a compose service. */
export function deployPart(spec: FullServiceSpec, lacks: Lacks): object | undefined {
  const { TaskTemplate: task, Labels, Mode, UpdateConfig: update, RollbackConfig, EndpointSpec } = spec;
  const isWritten = (name: string) =>
    [STACK_LABEL, IMAGE_OF_STACK_LABEL].includes(name) || isOwnerLabel(name);
  return mapping({
    ...modePart(Mode, lacks),
    labels: without(Labels, isWritten),
    endpoint_mode: EndpointSpec?.Mode === "dnsrr" ? "dnsrr" : undefined,
    update_config: updatePart(update),
    rollback_config: updatePart(RollbackConfig),
    restart_policy: restartPart(task.RestartPolicy),
    resources: resourcesPart(task.Resources, lacks.of("Resources")),
    placement: placementPart(task.Placement, lacks.of("Placement")),
  });
}

export function portsPart({ EndpointSpec }: FullServiceSpec): object[] | undefined {
  return filled(
    (EndpointSpec?.Ports ?? []).map(({ TargetPort, PublishedPort, Protocol, PublishMode }: ComposePort) =>
      mapping({
        target: TargetPort,
        published: PublishedPort || undefined,
        protocol: Protocol,
        mode: PublishMode,
      }),
    ) as object[],
  );
}

function modePart(mode: FullServiceSpec["Mode"], lacks: Lacks): { mode?: string; replicas?: number } {
  const { Replicated, Global, ReplicatedJob, GlobalJob } = mode;
  if (ReplicatedJob ?? GlobalJob) lacks.say("it is a job, and each deploy runs it once more");
  if (Global) return { mode: "global" };
  if (GlobalJob) return { mode: "global-job" };
  if (!ReplicatedJob) return { replicas: Replicated?.Replicas };
  const { MaxConcurrent, TotalCompletions } = ReplicatedJob;
  if (MaxConcurrent !== TotalCompletions)
    lacks.say(`its job runs ${MaxConcurrent} at once of ${TotalCompletions}`);
  return { mode: "replicated-job", replicas: TotalCompletions };
}

function updatePart(config: UpdateConfig | undefined): object | undefined {
  if (!config) return undefined;
  const { Parallelism = 0, Delay, FailureAction, Monitor, MaxFailureRatio, Order } = config;
  return mapping({
    parallelism: Parallelism,
    delay: someDuration(Delay),
    failure_action: FailureAction || undefined,
    monitor: someDuration(Monitor),
    max_failure_ratio: MaxFailureRatio || undefined,
    order: Order || undefined,
  });
}

function restartPart(policy: TaskTemplate["RestartPolicy"]): object | undefined {
  if (!policy) return undefined;
  const { Condition, Delay, MaxAttempts, Window } = policy;
  return mapping({
    condition: Condition || undefined,
    delay: duration(Delay),
    max_attempts: MaxAttempts,
    window: duration(Window),
  });
}

function resourcesPart(resources: TaskTemplate["Resources"], lacks: Lacks): object | undefined {
  const { Limits, Reservations, ...rest } = resources ?? {};
  lacks.rest(rest);
  const { NanoCPUs, MemoryBytes, Pids, ...limitsRest } = Limits ?? {};
  lacks.of("Limits").rest(limitsRest);
  const { GenericResources, ...reserved } = Reservations ?? {};
  const generic = (GenericResources ?? []).flatMap(({ DiscreteResourceSpec, NamedResourceSpec }) => {
    if (NamedResourceSpec) lacks.rest({ NamedResourceSpec });
    if (!DiscreteResourceSpec) return [];
    const { Kind, Value } = DiscreteResourceSpec;
    return [{ discrete_resource_spec: { kind: Kind, value: Value } }];
  });
  return mapping({
    limits: mapping({ cpus: cpus(NanoCPUs), memory: bytes(MemoryBytes), pids: Pids || undefined }),
    reservations: mapping({
      cpus: cpus(reserved.NanoCPUs),
      memory: bytes(reserved.MemoryBytes),
      generic_resources: filled(generic),
    }),
  });
}

function placementPart(placement: TaskTemplate["Placement"], lacks: Lacks): object | undefined {
  const { Constraints, Preferences, MaxReplicas, Platforms: _image, ...rest } = placement ?? {};
  lacks.rest(rest);
  const spread = (Preferences ?? []).map(({ Spread }) => ({ spread: Spread?.SpreadDescriptor }));
  return mapping({
    constraints: filled(Constraints),
    preferences: filled(spread),
    max_replicas_per_node: MaxReplicas || undefined,
  });
}
