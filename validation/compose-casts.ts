/**
 * What Docker makes of a text with variables where a number or a boolean belongs, once they are filled in. `*` is any name or
 * number. Source: docker/cli, cli/compose/loader/interpolate.go.
 */
const INTEGER = [
  "services.*.configs.*.mode",
  "services.*.secrets.*.mode",
  "services.*.healthcheck.retries",
  "services.*.deploy.replicas",
  "services.*.deploy.update_config.parallelism",
  "services.*.deploy.rollback_config.parallelism",
  "services.*.deploy.restart_policy.max_attempts",
  "services.*.deploy.placement.max_replicas_per_node",
  "services.*.ports.*.target",
  "services.*.ports.*.published",
  "services.*.ulimits.*",
  "services.*.ulimits.*.hard",
  "services.*.ulimits.*.soft",
  "services.*.oom_score_adj",
];
const FLOAT = [
  "services.*.deploy.update_config.max_failure_ratio",
  "services.*.deploy.rollback_config.max_failure_ratio",
];
const BOOLEAN = [
  "services.*.healthcheck.disable",
  "services.*.privileged",
  "services.*.read_only",
  "services.*.stdin_open",
  "services.*.tty",
  "services.*.volumes.*.read_only",
  "services.*.volumes.*.volume.nocopy",
  "networks.*.external",
  "networks.*.internal",
  "networks.*.attachable",
  "volumes.*.external",
  "secrets.*.external",
  "configs.*.external",
];

const TRUE = /^(?:y|yes|true|on)$/i;
const FALSE = /^(?:n|no|false|off)$/i;

/** A text as it counts at its place: the text itself where it is none of what belongs there. */
export function castAt(path: readonly string[], text: string): string | number | boolean {
  const isAt = (pattern: string) => {
    const parts = pattern.split(".");
    return parts.length === path.length && parts.every((part, index) => part === "*" || part === path[index]);
  };
  if (INTEGER.some(isAt) && /^[-+]?\d+$/.test(text)) return Number(text);
  if (FLOAT.some(isAt) && text !== "" && !Number.isNaN(Number(text))) return Number(text);
  if (BOOLEAN.some(isAt) && TRUE.test(text)) return true;
  if (BOOLEAN.some(isAt) && FALSE.test(text)) return false;
  return text;
}
