import type { HostReport, PreflightReport } from "../../schema/preflight";
import { overlaps, parseCidr } from "../../validation/cidr";
import type { Problem } from "../../validation/problem";
import { isDockers } from "../../validation/route-table";
import type { Judgement } from "./judgement";
import { grouped, namesOf } from "./groups";

const LEAST_ENGINE = 25;

/** Ranges that overlay networks are cut from: those that are used for certain, and those that may be used one day. */
export interface Pools {
  wanted: readonly string[];
  possible: readonly string[];
}

/** What is wrong with single machines, or with what they say they are. */
export function judgeMachines(
  { hosts }: PreflightReport,
  { wanted, possible }: Pools,
  allowOldEngines: boolean,
): Judgement {
  const old = oldEngines(hosts, allowOldEngines);
  const cut = cutRoutes(hosts, wanted);
  // Said once: what is a problem already is no warning.
  const perhaps = cut.length > 0 ? [] : cutRoutes(hosts, possible);
  return {
    problems: [
      ...unanswered(hosts),
      ...twins(
        hosts,
        "machine ID",
        ({ machineId }) => machineId,
        "Copies of one machine must not keep it: empty /etc/machine-id on the copy, run systemd-machine-id-setup and restart it.",
      ),
      ...twins(
        hosts,
        "host name",
        ({ hostname }) => hostname,
        "The swarm lists nodes by it: give each machine its own (hostnamectl set-hostname) and restart its engine.",
      ),
      ...twins(
        hosts,
        "Docker Engine ID",
        ({ engine }) => engine?.id,
        "Copies of one machine must not keep it: stop the engine on the copy, remove /var/lib/docker/engine-id and start it.",
      ),
      ...takenPorts(hosts),
      ...cut,
      ...(allowOldEngines ? [] : old),
    ],
    warnings: [...(allowOldEngines ? old : []), ...mixedEngines(hosts), ...perhaps],
  };
}

function unanswered(hosts: readonly HostReport[]): Problem[] {
  return hosts.flatMap(({ name, failure, engine }) => [
    ...(failure === undefined
      ? []
      : [{ where: name, text: `nothing could be measured there: ${sentence(failure)} Mend that first.` }]),
    ...(engine?.failure === undefined || failure !== undefined
      ? []
      : [{ where: name, text: `its Docker Engine does not answer: ${sentence(engine.failure)}` }]),
  ]);
}

function twins(
  hosts: readonly HostReport[],
  what: string,
  idOf: (host: HostReport) => string | undefined,
  remedy: string,
): Problem[] {
  const known = hosts.filter((host) => idOf(host));
  return [...grouped(known, (host) => idOf(host) ?? "")]
    .filter(([, same]) => same.length > 1)
    .map(([id, same]) => ({
      where: same.map(({ name }) => name).join(", "),
      text: `have the same ${what}, ${id}. ${remedy}`,
    }));
}

/** Of a member its own engine holds them. */
function takenPorts(hosts: readonly HostReport[]): Problem[] {
  return hosts
    .filter(({ engine }) => engine?.inSwarm === false)
    .flatMap(({ name, ports }) =>
      Object.entries(ports)
        .filter(([, listener]) => listener === "used")
        .map(([port]) => ({
          where: name,
          text: `another program listens at ${port}, which its engine needs. Stop it: ss -lnp shows its name.`,
        })),
    );
}

function cutRoutes(hosts: readonly HostReport[], pools: readonly string[]): Problem[] {
  const ranges = pools.flatMap((pool) => parseCidr(pool) ?? []);
  const cut = hosts.flatMap(({ name, routes }) =>
    routes
      .filter(({ device }) => !isDockers(device))
      .flatMap(({ device, range }) => {
        const cidr = parseCidr(range);
        return ranges
          .filter((pool) => cidr && overlaps(pool, cidr))
          .map((pool) => ({ name, route: `${range} through ${device}`, pool: pool.text }));
      }),
  );
  return [...grouped(cut, ({ pool, route }) => `${pool} ${route}`).values()].map((same) => ({
    where: namesOf(same.map(({ name }) => name)),
    text:
      `the address pool ${same[0].pool} overlaps the route to ${same[0].route}, which containers could then not reach. ` +
      "Choose other pools: defaultAddrPool, which is fixed when the swarm is initialised.",
  }));
}

function majorOf({ engine }: HostReport): number | undefined {
  const major = parseInt(engine?.version ?? "", 10);
  return Number.isNaN(major) ? undefined : major;
}

function oldEngines(hosts: readonly HostReport[], accepted: boolean): Problem[] {
  const remedy = accepted
    ? "It was accepted; upgrade it when you can."
    : "Upgrade it, or accept it by allowOldEngines.";
  return hosts
    .filter((host) => (majorOf(host) ?? LEAST_ENGINE) < LEAST_ENGINE)
    .map(({ name, engine }) => ({
      where: name,
      text: `its Docker Engine is ${engine?.version}; ${LEAST_ENGINE} is the oldest that is supported. ${remedy}`,
    }));
}

function mixedEngines(hosts: readonly HostReport[]): Problem[] {
  const known = hosts.filter((host) => majorOf(host) !== undefined);
  const versions = [...grouped(known, ({ engine }) => engine?.version ?? "")];
  if (new Set(known.map(majorOf)).size < 2) return [];
  return [
    {
      where: "engines",
      text:
        `${versions.map(([version, same]) => `${version} on ${namesOf(same.map(({ name }) => name))}`).join("; ")}. ` +
        "Nodes of different major versions are meant for the time of an upgrade only: bring all to the newest.",
    },
  ];
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
