import type { ComposeNode } from "./compose-node";
import type { Problem } from "./problem";

const SETTINGS = ["uid", "gid", "mode"];

/**
 * A config or secret that a service has at two places, with another owner or mode. The engine has one file of it in a container,
 * so a key that is meant for one user alone may be there for all. Source: moby, daemon/container/container.go (SecretFilePath).
 */
export function sharedFiles(service: ComposeNode): Problem[] {
  return (["config", "secret"] as const).flatMap((kind) => {
    const items = service.child(`${kind}s`)?.items ?? [];
    return items.flatMap((item, index) => {
      const others = items.slice(0, index).filter((other) => sourceOf(other) === sourceOf(item));
      if (others.every((other) => settingsOf(other) === settingsOf(item))) return [];
      return [
        {
          where: item.where,
          text:
            `the engine has one file of a ${kind} in a container, and this owner and mode count wherever the service has it. ` +
            `Set the same ones everywhere, or declare another ${kind} of the same content.`,
        },
      ];
    });
  });
}

function sourceOf(item: ComposeNode): string | undefined {
  return item.isMap ? item.child("source")?.text : item.text;
}

function settingsOf(item: ComposeNode): string {
  return SETTINGS.map((name) => item.child(name)?.text ?? "").join();
}
