import type { Waiting } from "../../foundation/context";
import { connect } from "../../docker/connect";
import { askDiagnostics } from "./diagnostic-server";
import { ENDPOINTS, isSuccess, keysOf, PEERS } from "./gossip-table";
import type { MachineOfNode, NetworkLook } from "./look";
import type { Wrong } from "./wrong";

/** An address that the engines still tell each other of, though nobody has it. */
interface Ghost {
  network: Wrong["network"];
  service: string;
  address: string;
}

/**
 * Makes the engines forget addresses that nobody has: their entries are deleted from the table that the engines gossip
 * about, by one node for all. Nothing restarts. Answers what was forgotten.
 */
export async function forgetGhosts(
  wrong: readonly Wrong[],
  look: NetworkLook,
  machines: readonly MachineOfNode[],
  waiting: Waiting,
): Promise<string[]> {
  const done: string[] = [];
  for (const ghost of ghostsIn(wrong)) {
    const { network, service, address } = ghost;
    const connection = machines.find(({ name }) => name === teller(ghost, wrong, look))?.connection;
    if (!connection) continue;
    const engine = connect(connection, waiting);
    const path = (action: string, more: string) => `/${action}?nid=${network.id}&json${more}`;
    const [table] = await askDiagnostics(engine, [path("gettable", `&tname=${ENDPOINTS}`)], waiting.signal);
    const keys = keysOf(table, service, address);
    if (keys.length === 0) continue;
    const deletes = keys.flatMap((key) =>
      [ENDPOINTS, PEERS].map((name) => path("deleteentry", `&tname=${name}&key=${encodeURIComponent(key)}`)),
    );
    const answers = await askDiagnostics(engine, deletes, waiting.signal);
    // A ghost may be in one of the tables alone.
    if (answers.some(isSuccess)) done.push(`${network.name}: the engines forgot ${address} of ${service}`);
  }
  return done;
}

function ghostsIn(wrong: readonly Wrong[]): Ghost[] {
  const found = new Map<string, Ghost>();
  for (const { network, remedy } of wrong) {
    if (remedy.do !== "forget") continue;
    found.set(`${network.id} ${remedy.address}`, {
      network,
      service: remedy.service,
      address: remedy.address,
    });
  }
  return [...found.values()];
}

/** An engine tells the others of what it deletes, but not itself: so one is asked that does not have it. */
function teller(
  { network, address }: Ghost,
  wrong: readonly Wrong[],
  { nodes }: NetworkLook,
): string | undefined {
  const inIt = nodes.filter(({ networks }) => network.id in networks).map(({ node }) => node);
  const isFree = (node: string) =>
    !wrong.some(
      (one) =>
        one.node === node &&
        one.network.id === network.id &&
        one.remedy.do === "forget" &&
        one.remedy.address === address,
    );
  return inIt.find(isFree) ?? inIt[0];
}
