import type { EngineClient } from "../../docker/engine-client";
import { quote } from "../../transport/shell-quote";

/** Nobody else's: what a run that was killed left in the settings is known by it. */
const PORT = 17_946;
const SETTING = "network-diagnostic-port";

/** Alone on the machine: its setup writes the same file. */
const ALONE = "flock --close --wait 60 /run/pulumi-swarm.lock sh -s".split(" ");

/**
 * Asks an engine's own network diagnostic server, which is the only door to the table that the engines gossip about
 * (docs.docker.com, "Use network diagnostic tool"; moby, libnetwork/networkdb/networkdbdiagnostic.go). It is opened on
 * the loopback address by a reload of the engine's settings, which stops nothing, and closed by another one.
 */
export async function askDiagnostics(
  { node, transport }: EngineClient,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const found = await transport.run(["sh", "-c", `${CONFIG}\ncat "$config" 2>/dev/null; exit 0`], { signal });
  const { stdout, stderr, exitCode } = await transport.run(ALONE, {
    stdin: script(withPort(node, found.stdout), withoutPort(found.stdout), paths),
    signal,
  });
  if (exitCode !== 0) {
    throw new Error(
      `${node}: its engine's network diagnostics could not be asked: ${(stderr || stdout).trim()}`,
    );
  }
  return stdout.split(/^== answer\n/m).slice(1);
}

function withPort(node: string, text: string): string {
  try {
    return JSON.stringify({ ...settingsOf(text), [SETTING]: PORT }, null, 2);
  } catch (error) {
    throw new Error(`${node}: the settings of its engine are no JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** As it was; without what a run that was killed left. */
function withoutPort(text: string): string {
  const { [SETTING]: port, ...others } = settingsOf(text);
  if (port !== PORT) return text;
  return Object.keys(others).length > 0 ? JSON.stringify(others, null, 2) : "";
}

function settingsOf(text: string): Record<string, unknown> {
  return text.trim() === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

const CONFIG = `
engine=$(cat /var/run/docker.pid 2>/dev/null || pidof dockerd)
config=$(tr '\\0' '\\n' <"/proc/$engine/cmdline" | sed -n -e 's/^--config-file=//p' -e '/^--config-file$/{n;p;}')
config=\${config:-/etc/docker/daemon.json}
`;

/** The file keeps its rights; one that was not there goes again, whatever ends the script. */
function script(opened: string, closed: string, paths: readonly string[]): string {
  const close = closed === "" ? 'rm -f "$config"' : `printf '%s' ${quote(closed)} >"$config"`;
  return `${CONFIG}
have() { command -v "$1" >/dev/null 2>&1; }
ask() {
  url="http://127.0.0.1:${PORT}$1"
  if have curl; then curl --silent --noproxy '*' --max-time 5 "$url"
  elif have wget; then wget --quiet --no-proxy --timeout 5 --tries 1 --output-document - "$url"
  elif have python3; then python3 -c 'import sys, urllib.request as u
sys.stdout.write(u.build_opener(u.ProxyHandler({})).open(sys.argv[1], timeout=5).read().decode())' "$url"
  elif have perl; then perl -MIO::Socket::INET -e '
    my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:${PORT}", Timeout => 5) or exit 1;
    print $s "GET $ARGV[0] HTTP/1.0\\r\\n\\r\\n"; local $/; my $all = <$s>; $all =~ s/^.*?\\r\\n\\r\\n//s; print $all' "$1"
  else echo "it has none of curl, wget, python3 and perl" >&2; exit 1
  fi
}
close() { ${close}; kill -HUP "$engine"; }
trap close EXIT
trap 'exit 1' HUP INT TERM
umask 077
mkdir -p "\${config%/*}"
printf '%s' ${quote(opened)} >"$config"
kill -HUP "$engine" || exit 1
tries=0
until ask /ready >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 50 ] || { echo "it did not open within 10 s" >&2; exit 1; }
  sleep 0.2
done
for path in ${paths.map(quote).join(" ")}; do
  echo "== answer"
  ask "$path" 2>&1
  echo
done
exit 0
`;
}
