import { isDeepStrictEqual } from "node:util";
import type { DaemonSettings } from "../schema/ssh";

/** What a machine told of /etc/docker/daemon.json. */
export interface DaemonFiles {
  /** Its text now; empty where there is none. */
  present: string;
  /** Its text before the first setup; empty where there was none, or where nothing was ever set. */
  before: string;
  /** Names of the settings that the last setup made. */
  keys: string[];
}

type Json = Record<string, unknown>;

/**
 * The text that daemon.json shall have, or undefined where what stands there will do: the settings that the program
 * names; those that it named before, as they were before; and of the others what is there. Throws where it is no JSON,
 * or refuses swarm mode.
 */
export function daemonSettings(
  node: string,
  files: DaemonFiles,
  wanted: DaemonSettings = {},
): string | undefined {
  const present = parsed(node, files.present);
  const settings = { ...withoutOurs(present, files, Object.keys(wanted)), ...wanted };
  if (settings["live-restore"] === true)
    throw new Error(
      `${node}: its /etc/docker/daemon.json has "live-restore": true, with which an engine refuses swarm mode. ` +
        'Give daemon: {"live-restore": false} for the hosts, or take it out there.',
    );
  return isDeepStrictEqual(present, settings) ? undefined : textOf(settings);
}

/** The text of daemon.json without our settings; undefined where there are none, or it cannot be read. */
export function formerSettings(files: DaemonFiles): string | undefined {
  try {
    const present = parsed("", files.present);
    const settings = withoutOurs(present, files, []);
    return isDeepStrictEqual(present, settings) ? undefined : textOf(settings);
  } catch {
    return undefined;
  }
}

/** What hurts a swarm without being wrong: told, and left as it is where the program does not say. */
export function daemonWarnings({ present }: DaemonFiles, wanted: DaemonSettings = {}): string[] {
  const settings = { ...(present.trim() ? (JSON.parse(present) as DaemonSettings) : {}), ...wanted };
  const driver = settings["log-driver"] ?? "json-file";
  if (driver !== "json-file" || settings["log-opts"]?.["max-size"]) return [];
  return [
    'logs of containers grow without end ("json-file" without "max-size"). ' +
      'Give daemon: {"log-driver": "local"} for the hosts, which rotates them.',
  ];
}

/** @param kept - names of settings that are ours still */
function withoutOurs(present: Json, { before, keys }: DaemonFiles, kept: readonly string[]): Json {
  const settings = { ...present };
  const former = before.trim() ? (JSON.parse(before) as Json) : {};
  for (const key of keys.filter((name) => !kept.includes(name))) {
    if (key in former) settings[key] = former[key];
    else delete settings[key];
  }
  return settings;
}

function textOf(settings: Json): string {
  return `${JSON.stringify(settings, null, 2)}\n`;
}

function parsed(node: string, text: string): Json {
  if (!text.trim()) return {};
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new Error(
      `${node}: its /etc/docker/daemon.json is no JSON (${(error as Error).message}). Correct it there.`,
      { cause: error },
    );
  }
}
