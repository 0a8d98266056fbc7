import { nodeName } from "../../swarm/nodes/node-name";
import { isEncrypted } from "../../swarm/network-truth/records";
import { describeRelease, faultsOf, type EngineFault } from "./engine-faults";
import { fail, machineRule, pass, swarmRule, warn, type Rule } from "./finding";
import { SWARM_COMMAND } from "../../foundation/command-lines";

const AFTER_AN_ACCIDENT = `After a node was away look, and mend it: ${SWARM_COMMAND} doctor --repair-network`;

export const engineRules: Rule[] = [
  swarmRule("known engine faults", ({ nodes, overlays }) => {
    const hasEncryption = overlays.some(isEncrypted);
    const affected = new Map<EngineFault, string[]>();
    for (const node of nodes.filter(({ Status }) => Status.State === "ready")) {
      const version = node.Description.Engine.EngineVersion ?? "";
      for (const fault of faultsOf(version, hasEncryption)) {
        affected.set(fault, [...(affected.get(fault) ?? []), `${nodeName(node)} (${version})`]);
      }
    }
    if (affected.size === 0) return pass("none of these versions");
    const found = [...affected].map(
      ([{ what, source }, where]) => `${what} (${source}): ${where.join(", ")}`,
    );
    const remedies = [...affected.keys()].map((fault) => describeRelease(fault) || AFTER_AN_ACCIDENT);
    const judge = [...affected.keys()].some(({ level }) => level === "fail") ? fail : warn;
    return judge(found.join("\n"), [...new Set(remedies)].join("; "));
  }),

  // Engine: daemon/config/config_linux.go, IsSwarmCompatible (moby#50467). 29.7 has a switch for the first.
  machineRule("engine settings", ({ machines }) => {
    const known = machines.filter(({ daemon }) => daemon);
    if (known.length === 0) return undefined;
    const refused = known.flatMap(({ name, daemon }) => [
      ...(daemon?.firewallBackend === "nftables" && !daemon.swarmNftables
        ? [`${name}: "firewall-backend": "nftables"`]
        : []),
      ...(daemon?.liveRestore ? [`${name}: "live-restore": true`] : []),
    ]);
    if (refused.length === 0) return pass("none that a swarm refuses");
    return fail(
      `an engine with it does not start in a swarm, nor join one: ${refused.join("; ")}`,
      "Take it out of /etc/docker/daemon.json there before the engine is restarted.",
    );
  }),
];
