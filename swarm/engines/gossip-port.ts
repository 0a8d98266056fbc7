import type { Connection } from "../../schema/connection";
import { connect } from "../../docker/connect";
import type { InRun } from "../../foundation/session";

/** Fixed in the engine (moby, daemon/libnetwork/networkdb), and the default port of whoever else uses memberlist, as serf does. */
const GOSSIP_PORT = 7946;

/** As /proc/net writes it. */
const HEX_PORT = GOSSIP_PORT.toString(16).toUpperCase().padStart(4, "0");
/** Without IPv6 two of the tables are missing; without the other two nothing is known. */
const LISTEN = `
cd /proc/net || exit
grep -sH ':${HEX_PORT} ' tcp6 udp6
grep -H ':${HEX_PORT} ' tcp udp
[ $? -le 1 ]
`;
/** table: number: local remote state queues timer retransmits user timeout inode */
const SOCKET = new RegExp(
  `^(tcp|udp)6?: *\\d+: [0-9A-F]+:${HEX_PORT} \\S+ ([0-9A-F]{2}) \\S+ \\S+ \\S+ +\\d+ +\\d+ (\\d+)`,
);
/** A TCP socket that listens; one of UDP that is bound and sends to anybody. */
const STATES: Record<string, string> = { tcp: "0A", udp: "07" };

/** Needs root, and a `find` that reads links; where it has neither, the processes stay unknown. */
const HOLDERS = `
for inode; do
  find /proc/[0-9]*/fd -lname "socket:?$inode?" 2>/dev/null
done | cut -d/ -f3 | sort -nu | while read -r pid; do
  echo "$pid $(cat "/proc/$pid/comm" 2>/dev/null)"
done
`;

interface Process {
  pid: string;
  name: string;
}

/** Who listens on the port by which the engines of a swarm gossip. */
export interface GossipPort {
  /** "7946/tcp", "7946/udp": those that something listens on. */
  ports: string[];
  /** Who does; none where that cannot be seen. */
  processes: Process[];
}

/** Reads the node's own tables of sockets. */
export async function gossipPort(connection: Connection, asking: InRun): Promise<GossipPort> {
  const sockets = socketsIn(await run(connection, LISTEN, [], asking));
  if (sockets.length === 0) return { ports: [], processes: [] };
  const ports = [...new Set(sockets.map(({ protocol }) => `${GOSSIP_PORT}/${protocol}`))];
  const inodes = sockets.map(({ inode }) => inode);
  const lines = (await run(connection, HOLDERS, inodes, asking)).split("\n").filter(Boolean);
  const processes = lines.map((line) => {
    const [pid, ...name] = line.split(" ");
    return { pid, name: name.join(" ") };
  });
  return { ports, processes };
}

/** Whether an engine takes part in gossip; whoever cannot be seen counts as one. */
export function isEngines({ ports, processes }: GossipPort): boolean {
  return ports.length > 0 && (processes.length === 0 || processes.some(isEngine));
}

/** For a node that something else keeps out of the gossip: nothing here may end that. */
export function portTaken(name: string, { ports, processes }: GossipPort): Error {
  const who = processes.map((process) => `${process.name} (process ${process.pid})`).join(", ");
  return new Error(
    `${name}: ${who || "another process"} listens on ${ports.join(" and ")}, by which the engines of a swarm gossip; ` +
      "without it a node takes no part in overlay networks. End that process or give it another port, then run the same command again.",
  );
}

function isEngine({ name }: Process): boolean {
  return name.startsWith("dockerd");
}

function socketsIn(tables: string): { protocol: string; inode: string }[] {
  return tables.split("\n").flatMap((line) => {
    const [, protocol, state, inode] = SOCKET.exec(line) ?? [];
    return protocol && STATES[protocol] === state ? [{ protocol, inode }] : [];
  });
}

async function run(connection: Connection, script: string, args: string[], asking: InRun): Promise<string> {
  const { node, transport } = connect(connection, asking);
  const { exitCode, stdout, stderr } = await transport.run(["sh", "-c", script, "sh", ...args], {
    signal: asking.signal,
  });
  if (exitCode !== 0)
    throw new Error(
      `${node}: who listens on port ${GOSSIP_PORT} could not be seen (exit code ${exitCode}): ${stderr.trim()}. ` +
        "Its user needs sh, grep and /proc/net there.",
    );
  return stdout;
}
