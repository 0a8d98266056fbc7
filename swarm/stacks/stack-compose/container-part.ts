import { STACK_LABEL } from "../../../docker/services";
import type { Lacks } from "./lacks";
import type { ContainerSpec, FileTarget } from "./spec";
import { duration, filled, mapping, someDuration, without } from "./compose-values";

const NO_HEALTHCHECK = "NONE";
/** Where a compose file says nothing. */
const READABLE_MODE = 0o444;

/** What of a compose service runs in each container; mounts and networks have their own files. */
export function containerPart(spec: ContainerSpec, lacks: Lacks): object {
  const {
    Image: _image,
    Mounts: _mounts,
    Labels,
    Command,
    Args,
    Hostname,
    Env,
    Dir,
    User,
    Init,
    ...more
  } = spec;
  const { StopSignal, TTY, OpenStdin, ReadOnly, StopGracePeriod, Healthcheck, Hosts, DNSConfig, ...others } =
    more;
  const { Secrets, Configs, Privileges, Isolation, Sysctls, CapabilityAdd, CapabilityDrop, ...last } = others;
  const { Ulimits, OomScoreAdj, ...rest } = last;
  lacks.rest(rest);
  lacks.of("Privileges").rest(Privileges ?? {});
  const { Nameservers, Search, ...dnsRest } = DNSConfig ?? {};
  lacks.of("DNSConfig").rest(dnsRest);
  return {
    entrypoint: filled(Command),
    command: filled(Args),
    hostname: Hostname || undefined,
    environment: environment(Env ?? [], lacks),
    labels: without(Labels, (name) => name === STACK_LABEL),
    working_dir: Dir || undefined,
    user: User || undefined,
    init: Init,
    stop_signal: StopSignal || undefined,
    stop_grace_period: duration(StopGracePeriod),
    tty: TTY || undefined,
    stdin_open: OpenStdin || undefined,
    read_only: ReadOnly || undefined,
    healthcheck: healthcheck(Healthcheck, lacks.of("Healthcheck")),
    extra_hosts: extraHosts(Hosts, lacks),
    dns: filled(Nameservers),
    dns_search: filled(Search),
    secrets: references(
      "secret",
      (Secrets ?? []).map(({ File, SecretName }) => ({ File, name: SecretName })),
      lacks,
    ),
    configs: references(
      "config",
      (Configs ?? []).map(({ File, ConfigName }) => ({ File, name: ConfigName })),
      lacks,
    ),
    isolation: Isolation === "default" ? undefined : Isolation || undefined,
    sysctls: filled(Sysctls),
    cap_add: filled(CapabilityAdd),
    cap_drop: filled(CapabilityDrop),
    ulimits: ulimits(Ulimits, lacks),
    oom_score_adj: OomScoreAdj || undefined,
  };
}

/** A variable without a value is one that the container gets from nobody. */
function environment(all: readonly string[], lacks: Lacks): Record<string, string | null> | undefined {
  lacks.order("environment variables", all);
  const pairs = all.map((one): [string, string | null] => {
    const at = one.indexOf("=");
    return at < 0 ? [one, null] : [one.slice(0, at), one.slice(at + 1)];
  });
  const names = pairs.map(([name]) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) lacks.say(`the environment variables ${twice.join(", ")} are set more than once`);
  return filled(Object.fromEntries(pairs));
}

function healthcheck(check: ContainerSpec["Healthcheck"], lacks: Lacks): object | undefined {
  if (!check) return undefined;
  const { Test, Interval, Timeout, Retries, StartPeriod, StartInterval, ...rest } = check;
  lacks.rest(rest);
  if (Test?.[0] === NO_HEALTHCHECK) return { disable: true };
  return mapping({
    test: filled(Test),
    interval: someDuration(Interval),
    timeout: someDuration(Timeout),
    retries: Retries || undefined,
    start_period: someDuration(StartPeriod),
    start_interval: someDuration(StartInterval),
  });
}

function extraHosts(hosts: readonly string[] | undefined, lacks: Lacks): string[] | undefined {
  return filled(
    (hosts ?? []).map((host) => {
      const [address, name, ...others] = host.split(/\s+/);
      if (others.length > 0) lacks.say(`the host entry "${host}" has more than one name`);
      return `${name}:${address}`;
    }),
  );
}

function references(
  what: "secret" | "config",
  all: readonly { File?: FileTarget; name: string }[],
  lacks: Lacks,
): object[] | undefined {
  lacks.order(
    `${what}s`,
    all.map(({ name }) => name),
  );
  return filled(
    all.flatMap(({ File, name }) => {
      if (File) return [reference(name, File)];
      lacks.say(`the ${what} ${name} is used, but is no file in the container`);
      return [];
    }),
  );
}

function reference(source: string, { Name, UID, GID, Mode }: FileTarget): object {
  const owner = (id: string) => (id === "0" ? undefined : id);
  const mode = Mode === READABLE_MODE ? undefined : Mode;
  return { ...mapping({ source, target: Name, uid: owner(UID), gid: owner(GID), mode }) };
}

function ulimits(all: ContainerSpec["Ulimits"], lacks: Lacks): object | undefined {
  lacks.order(
    "ulimits",
    (all ?? []).map(({ Name }) => Name),
  );
  return filled(
    Object.fromEntries((all ?? []).map(({ Name, Soft, Hard }) => [Name, { soft: Soft, hard: Hard }])),
  );
}
