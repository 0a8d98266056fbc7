import type { NetworkInspect } from "../../docker/api/network";
import { isEncrypted } from "../../swarm/network-truth/records";
import { CIS } from "./cis";
import type { DoctorFacts, SwarmFacts } from "./doctor-facts";
import { pass, swarmRule, warn, type Rule } from "./finding";
import { SWARM_COMMAND, upCommand } from "../../foundation/command-lines";

const DAY_MS = 86_400_000;

/** Docker's manual asks for a rotation "at least every 6 months" (Engine, Swarm mode, Manage a swarm: Rotate the join token). */
const TOKEN_AGE_MS = 180 * DAY_MS;

export const securityRules: Rule[] = [
  swarmRule("join tokens", ({ inspect }, { wanted, now }) => {
    const initialised = inspect.CreatedAt;
    const ages = [
      { role: "worker", at: wanted.tokens?.workerRotatedAt, trigger: "rotateWorkerToken" },
      { role: "manager", at: wanted.tokens?.managerRotatedAt, trigger: "rotateManagerToken" },
    ].map((token) => ({ ...token, since: Date.parse(token.at ?? initialised) }));
    const describe = ({ role, at, since }: (typeof ages)[number]) =>
      `${role} token ${Math.floor((now - since) / DAY_MS)} days old${at ? "" : " (no rotation since the init is known)"}`;
    const old = ages.filter(({ since }) => now - since > TOKEN_AGE_MS);
    if (old.length === 0) return pass(ages.map(describe).join(", "));
    return warn(
      old.map(describe).join(", "),
      `Rotate it at least every 6 months: a new value in swarm.${old.map(({ trigger }) => trigger).join(" and swarm.")}, then ${upCommand()}`,
    );
  }),

  swarmRule(
    "autolock",
    ({ inspect }) =>
      inspect.Spec.EncryptionConfig.AutoLockManagers
        ? pass("on")
        : warn(
            "off: whoever reads a manager's disk has the raft log with every secret, and the key to it",
            `swarm.autoLockManagers: true, then ${upCommand()}. A restarted manager then waits for: ${SWARM_COMMAND} unlock`,
          ),
    CIS.autolock,
  ),

  swarmRule(
    "overlay encryption",
    (swarm, { machines }) => {
      const open = swarm.overlays.filter((network) => isUsed(network, swarm) && !isEncrypted(network));
      if (open.length === 0) return pass("every overlay network that carries traffic is encrypted");
      const names = open.map(({ Name }) => Name).join(", ");
      return warn(
        `traffic between nodes is in clear text: ${names}`,
        onOneHost(machines)
          ? 'It does not leave this host. On machines of a network that others share: `encrypted: true` (Network), `driver_opts: { encrypted: "" }` (compose file).'
          : '`encrypted: true` (Network) or `driver_opts: { encrypted: "" }` (compose file), which makes a new network that the services move to; let IP protocol 50 pass between the nodes.',
      );
    },
    CIS.overlays,
  ),
];

/** The ingress network carries something only where a service publishes a port through it. */
function isUsed(network: NetworkInspect, { services }: SwarmFacts): boolean {
  if (!network.Ingress) return true;
  return services.some(({ Spec }) =>
    Spec.EndpointSpec?.Ports?.some(({ PublishMode }) => PublishMode === "ingress"),
  );
}

function onOneHost(machines: DoctorFacts["machines"]): boolean {
  return machines.every(({ isContainer, host }) => isContainer && host === machines[0].host);
}
