import { CIS } from "./cis";
import type { MachineClock, Lifetime } from "./doctor-facts";
import { fail, machineRule, pass, swarmRule, warn, type Rule, type Verdict } from "./finding";
import { readLifetime } from "./machine-facts";
import { upCommand } from "../../foundation/command-lines";

/** Apart by more, log lines and events of two nodes can no longer be put in order; a time service keeps within it. */
const CLOCKS_APART_MS = 250;
/**
 * Apart by more, no time service runs, and it will get worse. Swarm dates its certificates back by one hour (swarmkit
 * ca/certificates.go, CertBackdate): beyond that a node cannot join or renew.
 */
const CLOCKS_WRONG_MS = 10_000;

/** A certificate is renewed after 50 to 80 % of its life (swarmkit ca/renewer.go): with less left, renewing has failed. */
const RENEWAL_OVERDUE = 0.2;
const ALMOST_OVER = 0.05;

const DAY_MS = 86_400_000;
const ROOT_WARN_MS = 365 * DAY_MS;
const ROOT_FAIL_MS = 30 * DAY_MS;

const ROTATE_CA = `Rotate it while all nodes are up: a new number in swarm.caForceRotate, then ${upCommand()}`;

export const timeRules: Rule[] = [
  machineRule("clocks", ({ machines }) => {
    const known = machines.flatMap(({ name, clock }) => (clock ? [{ name, clock }] : []));
    if (known.length < 2) return undefined;
    const { apart, one, other } = furthestApart(known);
    const found = `${one} and ${other} are ${describeMs(apart.offsetMs)} apart (± ${describeMs(apart.uncertaintyMs)})`;
    const certain = apart.offsetMs - apart.uncertaintyMs;
    if (certain <= CLOCKS_APART_MS) return pass(found);
    const judge = certain > CLOCKS_WRONG_MS ? fail : warn;
    return judge(found, "Run a time service on every node: chrony, or systemd-timesyncd.");
  }),

  machineRule(
    "node certificates",
    ({ machines, now }) => {
      const known = machines.flatMap(({ name, certificate }) =>
        certificate ? [{ name, ...certificate, left: partLeft(certificate, now) }] : [],
      );
      if (known.length === 0) return undefined;
      const first = known.reduce((a, b) => (b.to < a.to ? b : a));
      const late = known.filter(({ left }) => left < RENEWAL_OVERDUE);
      if (late.length === 0) return pass(`the first one ends in ${daysTo(first.to, now)}, on ${first.name}`);
      const found = late.map(
        ({ name, to }) => `${name}: ${to <= now ? "expired" : "ends in"} ${daysTo(to, now)}`,
      );
      const judge = late.some(({ left }) => left < ALMOST_OVER) ? fail : warn;
      return judge(
        found.join(", "),
        "It should have been renewed by now: the node must reach a manager's port 2377/tcp, and clocks must agree. " +
          "One that has expired leaves (docker swarm leave --force there) and joins again: the doctor then tells how.",
      );
    },
    CIS.nodeCertificates,
  ),

  swarmRule(
    "root CA",
    ({ inspect }, { now }): Verdict => {
      const life = readLifetime(inspect.TLSInfo.TrustRoot);
      if (!life) return warn("its certificate could not be read", ROTATE_CA);
      const found = life.to <= now ? `expired ${daysTo(life.to, now)}` : `ends in ${daysTo(life.to, now)}`;
      if (life.to - now < ROOT_FAIL_MS) return fail(found, ROTATE_CA);
      if (life.to - now < ROOT_WARN_MS) return warn(found, ROTATE_CA);
      if (!inspect.RootRotationInProgress) return pass(found);
      return warn(
        `${found}; a rotation is under way`,
        "It ends when every node has its new certificate: bring back or remove the nodes that are Down.",
      );
    },
    CIS.caCertificates,
  ),
];

interface Timed {
  name: string;
  clock: MachineClock;
}

/** The two nodes whose clocks are surely the furthest apart. */
function furthestApart(known: readonly Timed[]): { apart: MachineClock; one: string; other: string } {
  const pairs = known.flatMap((a, index) =>
    known.slice(index + 1).map((b) => ({
      one: a.name,
      other: b.name,
      apart: {
        offsetMs: Math.abs(a.clock.offsetMs - b.clock.offsetMs),
        uncertaintyMs: a.clock.uncertaintyMs + b.clock.uncertaintyMs,
      },
    })),
  );
  const certain = ({ apart }: (typeof pairs)[number]) => apart.offsetMs - apart.uncertaintyMs;
  return pairs.reduce((a, b) => (certain(b) > certain(a) ? b : a));
}

function partLeft({ from, to }: Lifetime, now: number): number {
  return (to - now) / (to - from);
}

function daysTo(time: number, now: number): string {
  const days = Math.abs(time - now) / DAY_MS;
  const text = days < 2 ? `${(days * 24).toFixed(1)} hours` : `${Math.floor(days)} days`;
  return time < now ? `${text} ago` : text;
}

function describeMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
