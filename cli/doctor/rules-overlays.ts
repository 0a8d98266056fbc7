import { describeRemedy, type Wrong } from "../../swarm/network-truth/wrong";
import type { NetworkTruth } from "../../swarm/network-truth/network-truth";
import { fail, machineRule, pass, warn, type Rule, type Verdict } from "./finding";
import { SWARM_COMMAND } from "../../foundation/command-lines";

/** More of one kind are counted, not shown. */
const SHOWN = 8;
const SHOWN_REMEDIES = 3;

const REPAIR = `${SWARM_COMMAND} doctor --repair-network, or by hand: `;

/** What the nodes hold of the overlay networks against what the managers say. */
export const overlayRules: Rule[] = [
  tableRule("overlay entries", ["neighbours", "forwarding", "addresses"], (look) => {
    const tables = look.nodes
      .flatMap(({ networks }) => Object.values(networks))
      .filter(({ entries }) => entries);
    return tables.length > 0 ? `${tables.length} tables lead where the managers say` : undefined;
  }),
  tableRule("service discovery", ["names"], (look) => {
    const names = look.nodes.flatMap(({ networks }) =>
      Object.values(networks).flatMap(({ answers }) => Object.keys(answers?.byName ?? {})),
    );
    return `${names.length} answers are what the managers say`;
  }),
  tableRule("virtual addresses", ["balancer"], (look) => {
    const there = look.nodes.filter(({ networks }) =>
      Object.values(networks).some(({ balancer }) => balancer?.isThere),
    );
    return there.length > 0
      ? `as the managers say on ${there.length} of ${look.nodes.length} nodes`
      : "none in use";
  }),
  machineRule("networks looked at", ({ network }) => {
    if (!network) return undefined;
    if (network.notLookedAt.length === 0) return pass(`on all ${network.look.nodes.length} nodes`);
    return warn(
      `not looked at: ${network.notLookedAt.join("; ")}`,
      "Install iproute2, util-linux and iptables there, or bring the node back; then run the doctor again.",
    );
  }),
];

function tableRule(
  check: string,
  tables: Wrong["table"][],
  sound: (look: NetworkTruth["look"]) => string | undefined,
): Rule {
  return machineRule(check, ({ network }): Verdict | undefined => {
    if (!network) return undefined;
    const wrong = network.wrong.filter(({ table }) => tables.includes(table));
    if (wrong.length === 0) {
      const found = sound(network.look);
      return found === undefined ? undefined : pass(found);
    }
    // What is lost by comes first.
    const shown = [
      ...wrong.filter(({ isHarmless }) => !isHarmless),
      ...wrong.filter(({ isHarmless }) => isHarmless),
    ];
    const judge = wrong.every(({ isHarmless }) => isHarmless) ? warn : fail;
    return judge(
      listOf(
        shown.map(({ text }) => text),
        SHOWN,
        "\n",
      ),
      remedyOf(shown),
    );
  });
}

function remedyOf(wrong: readonly Wrong[]): string {
  const remedies = listOf([...new Set(wrong.map(describeRemedy))], SHOWN_REMEDIES, "; ");
  return wrong.some(({ remedy }) => remedy.do !== "nothing") ? REPAIR + remedies : remedies;
}

function listOf(texts: readonly string[], shown: number, separator: string): string {
  const more = texts.length - shown;
  return [...texts.slice(0, shown), ...(more > 0 ? [`${more} more`] : [])].join(separator);
}
