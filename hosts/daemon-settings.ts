import { isDeepStrictEqual } from "node:util";
import type { DaemonSettings } from "../contract/ssh";

/**
 * The text that daemon.json shall have, or undefined where what stands there will do: the settings that the program
 * names, and of the others what is there already. Throws where it is no JSON, or refuses swarm mode.
 */
export function daemonSettings(
  node: string,
  present: string,
  wanted: DaemonSettings = {},
): string | undefined {
  const old = parsed(node, present);
  const merged = { ...old, ...wanted };
  if (merged["live-restore"] === true)
    throw new Error(
      `${node}: its /etc/docker/daemon.json has "live-restore": true, with which an engine refuses swarm mode. ` +
        'Give daemon: {"live-restore": false} for the hosts, or take it out there.',
    );
  return isDeepStrictEqual(old, merged) ? undefined : `${JSON.stringify(merged, null, 2)}\n`;
}

/** What hurts a swarm without being wrong: told, and left as it is where the program does not say. */
export function daemonWarnings(present: string, wanted: DaemonSettings = {}): string[] {
  const settings = { ...(present.trim() ? (JSON.parse(present) as DaemonSettings) : {}), ...wanted };
  const driver = settings["log-driver"] ?? "json-file";
  if (driver !== "json-file" || settings["log-opts"]?.["max-size"]) return [];
  return [
    'logs of containers grow without end ("json-file" without "max-size"). ' +
      'Give daemon: {"log-driver": "local"} for the hosts, which rotates them.',
  ];
}

function parsed(node: string, text: string): DaemonSettings {
  if (!text.trim()) return {};
  try {
    return JSON.parse(text) as DaemonSettings;
  } catch (error) {
    throw new Error(
      `${node}: its /etc/docker/daemon.json is no JSON (${(error as Error).message}). Correct it there.`,
      { cause: error },
    );
  }
}
