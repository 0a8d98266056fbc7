import { quote } from "../../transport/shell-quote";

/** What a node is asked for in one session. */
export interface Questions {
  networks: NetworkQuestions[];
  /** Addresses of the other nodes. */
  peers: string[];
}

export interface NetworkQuestions {
  id: string;
  isIngress: boolean;
  /** A task there in whose namespace names are asked. */
  asker?: { name: string; pid: number; names: string[] };
}

/** A DNS server that is not there must not hold up the other looks. */
const NAMES_TIMEOUT_S = 8;

/**
 * Shell functions that print what a node holds; nothing is changed. Namespaces are the engine's own, named by the first
 * letters of the network's ID (libnetwork/osl, GenerateKey). `getent` asks the engine's DNS server, as a container of
 * any image may have no program that does: in the task's network, with a resolv.conf of its own.
 */
const FUNCTIONS = `
spaces=/var/run/docker/netns
have() { command -v "$1" >/dev/null 2>&1; }
lacks() { for tool; do have "$tool" || echo "== lacks $tool"; done; }
inside() { space=$1; shift; nsenter --net="$space" sh -c "$@" 2>/dev/null; }
entries() {
  for space in "$spaces"/[0-9]*-"$2"*; do
    [ -e "$space" ] || continue
    echo "== entries $1 $space"
    inside "$space" 'ip -o link show type vxlan; echo "-- neighbours"; ip -4 neigh show nud permanent
      echo "-- forwarding"; bridge fdb show'
  done
}
balancer() {
  [ -e "$spaces/$2" ] || return 0
  echo "== balancer $1"
  inside "$spaces/$2" 'if [ -e /proc/net/ip_vs ]; then cat /proc/net/ip_vs; else echo none; fi
    echo "-- marks"; iptables -w 2 -t mangle -S || iptables -t mangle -S'
}
names() {
  network=$1 pid=$2; shift 2
  [ -e "/proc/$pid/ns/net" ] || return 0
  conf=$(mktemp) || return 0
  printf 'nameserver 127.0.0.11\\noptions timeout:2 attempts:1\\n' >"$conf"
  echo "== names $network"
  nsenter --target "$pid" --net unshare --mount sh -c 'mount --bind "$1" /etc/resolv.conf || exit 99; shift
    timeout ${NAMES_TIMEOUT_S} getent -s dns ahostsv4 "$@"; echo "-- end $?"' sh "$conf" "$@" 2>/dev/null
  rm -f "$conf"
}
path() {
  echo "== path $1 $(ip -4 -o route get "$1" 2>/dev/null)"
}
devices() {
  for file in /sys/class/net/*/mtu; do
    device=\${file#/sys/class/net/}
    echo "== device \${device%/mtu} $(cat "$file" 2>/dev/null)"
  done
}
`;

/** One text for `sh -s`: an exec or an SSH channel costs more than what it runs. */
export function nodeScript({ networks, peers }: Questions): string {
  const calls = networks.flatMap(({ id, isIngress, asker }) => [
    `entries ${quote(id)} ${quote(id.slice(0, 9))}`,
    `balancer ${quote(id)} ${isIngress ? "ingress_sbox" : quote(`lb_${id.slice(0, 9)}`)}`,
    ...(asker
      ? [["names", id, String(asker.pid), ...asker.names.map(absolute)].map(shellWord).join(" ")]
      : []),
  ]);
  return [
    FUNCTIONS,
    "main() {",
    "lacks nsenter unshare ip bridge getent timeout iptables",
    'echo "== addresses"; ip -4 -o addr show 2>/dev/null',
    "devices",
    ...peers.map((peer) => `path ${quote(peer)}`),
    ...calls,
    "}",
    "main </dev/null",
    "exit 0",
    "",
  ].join("\n");
}

/** With a dot at its end no search domain is tried. */
function absolute(name: string): string {
  return `${name}.`;
}

function shellWord(word: string, index: number): string {
  return index === 0 ? word : quote(word);
}
