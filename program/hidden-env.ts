import * as pulumi from "../resources/pulumi";
import { isMapping } from "../validation/node";
import { isEncrypted } from "./encrypted";

/**
 * Settings by their names. Where the configuration has a part of them encrypted all variables are secret: nobody tells the program
 * which part it was.
 */
export function withHiddenEnv<S>(config: pulumi.Config, key: string): Record<string, S> {
  const settings = config.getObject<Record<string, S>>(key) ?? {};
  if (!isEncrypted(`${config.name}:${key}`)) return settings;
  return Object.fromEntries(Object.entries(settings).map(([name, one]) => [name, hidden(one)]));
}

function hidden<S>(settings: S): S {
  if (!isMapping(settings) || !isMapping(settings.env)) return settings;
  const env = Object.entries(settings.env).map(([name, value]) => [name, pulumi.secret(value)]);
  return { ...settings, env: Object.fromEntries(env) as unknown };
}
