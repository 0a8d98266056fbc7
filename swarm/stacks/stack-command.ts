import { pack } from "tar-stream";
import type { SwarmStackInputs } from "../../schema/stack";
import { dockerConfig, loginsOf } from "./registry-logins";
import type { SentFile } from "./stack-files";

/**
 * Docker's CLI takes logins out of a folder alone. This one is of the deploy's own, in memory, and goes with it; what the
 * manager's user is logged in to does not count. The file comes on stdin: no password shows in a process list.
 */
const WITH_LOGINS = `
set -e
dir=
trap '[ -z "$dir" ] || rm -rf "$dir"' EXIT
# A signal alone would end dash without its EXIT trap.
trap 'exit 129' HUP INT TERM
dir=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
tar -x -C "$dir"
DOCKER_CONFIG="$dir" "$@" <"$dir/compose.yml"
`;

/** `docker stack deploy`, as a manager is told to run it. Logins travel on to the nodes: `--with-registry-auth`. */
export async function deployCommand(
  compose: string,
  inputs: SwarmStackInputs,
): Promise<{ command: string[]; stdin: string | Buffer }> {
  const deploy = [
    ...["docker", "stack", "deploy", "--compose-file", "-", "--resolve-image", resolveImageOf(inputs)],
  ];
  const logins = loginsOf(inputs);
  if (!logins) return { command: [...deploy, inputs.name], stdin: compose };
  const files = [
    { name: "config.json", content: dockerConfig(logins) },
    { name: "compose.yml", content: compose },
  ];
  return {
    command: ["sh", "-c", WITH_LOGINS, "sh", ...deploy, "--with-registry-auth", inputs.name],
    stdin: await tarOf(files),
  };
}

/** What "always" asks for is in the compose file by now, as digests: Docker would take one away where a registry says nothing. */
function resolveImageOf({ resolveImage = "changed" }: SwarmStackInputs): "changed" | "never" {
  return resolveImage === "never" ? "never" : "changed";
}

/** Only their user may read what is unpacked. */
export async function tarOf(files: readonly SentFile[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content } of files) archive.entry({ name, mode: 0o600 }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
