import type { HostSettings } from "../contract/ssh";
import { waitFor } from "../engine/wait";
import type { Transport } from "../transport/transport";
import { daemonSettings, daemonWarnings } from "./daemon-settings";
import { factsFrom, type Facts } from "./facts";
import { HostError } from "./host-error";
import { runScript, scriptText, type ScriptContext, type Todo } from "./script";
import { whyUnsupported } from "./supported";

/** What a machine shall become. */
export interface WantedHost extends HostSettings {
  /** "project p, stack s, cluster c" */
  owner: string;
  /** Addresses of all nodes of the cluster. */
  nodes: readonly string[];
  dataPathPort?: number;
}

/** What a look at a machine found: what it is, and what setup would do. */
export interface Looked {
  facts: Facts;
  todos: Todo[];
  warnings: string[];
  /** Text that daemon.json shall have, where it has another one. */
  settings?: string;
}

const STEPS = ["machine", "packages", "time", "kernel", "engine", "firewall"];
/** A package list cannot be had by TLS with a clock that is further off than this. */
const SKEWED_MS = 86_400_000;
const ATTEMPTS = 3;
const BETWEEN_ATTEMPTS_MS = 10_000;
/** Far longer than anything takes; what hangs ends with its own deadline. */
const SETUP_TIMEOUT_MS = 3_600_000;
const RESTARTS_ENGINE = ["packages", "engine"];
const DEFAULT_TIME_WAIT_S = 60;
const DEFAULT_MIN_VERSION = "25";
export const DEFAULT_DATA_PATH_PORT = 4789;

/** Looks at a machine in one session, and changes nothing. Throws {@link HostError}, or why it cannot be a node. */
export async function look(
  transport: Transport,
  wanted: WantedHost,
  context: ScriptContext,
): Promise<Looked> {
  const calls = ["facts", ...STEPS.map((step) => `${step}_check`)];
  const told = await runScript(transport, calls, variablesOf(wanted), context);
  const facts = factsFrom(told.facts);
  const problem = whyUnsupported(facts) ?? whyForeign(facts, wanted) ?? whyTooOld(facts, wanted);
  if (problem) throw new Error(`${transport.node}: ${problem}`);
  const settings = daemonSettings(transport.node, facts.daemonSettings, wanted.engine?.daemon);
  const todos = [...told.todos];
  if (settings) todos.push({ step: "engine", text: "write /etc/docker/daemon.json" });
  return { facts, todos, settings, warnings: daemonWarnings(facts.daemonSettings, wanted.engine?.daemon) };
}

/**
 * Makes a machine what it shall be: only what a look found missing is done, so it goes on where it was interrupted.
 * @param engineAnswers - waits for the machine's engine, which has just been started
 */
export async function setUp(
  transport: Transport,
  wanted: WantedHost,
  context: ScriptContext & { warn(text: string): void },
  engineAnswers: () => Promise<unknown>,
): Promise<Facts> {
  const { facts, todos, settings, warnings } = await look(transport, wanted, context);
  warnings.forEach((text) => context.warn(text));
  if (todos.length === 0) return facts;
  context.progress(`to do: ${todos.map(({ text }) => text).join("; ")}`);
  const variables = variablesOf(wanted, settings);
  await withAttempts(transport.node, context, () =>
    runScript(transport, applyCalls(facts, todos), variables, context),
  );
  if (todos.some(({ step }) => RESTARTS_ENGINE.includes(step))) await engineAnswers();
  const after = await look(transport, wanted, context);
  if (after.todos.length > 0)
    throw new Error(
      `${transport.node}: after the setup there is still to do: ${after.todos.map(({ text }) => text).join("; ")}. ` +
        "Something on that machine undoes it; `pulumi up` tries again.",
    );
  return after.facts;
}

/** Takes back what was done to a machine. */
export async function cleanUp(
  transport: Transport,
  wanted: WantedHost,
  context: ScriptContext,
): Promise<void> {
  await runScript(transport, ["clean"], variablesOf(wanted), context);
}

/** Says again which nodes the ports are open to, and nothing else. */
export async function applyFirewall(
  transport: Transport,
  wanted: WantedHost,
  context: ScriptContext,
): Promise<void> {
  await runScript(transport, ["firewall_apply"], variablesOf(wanted), context);
}

/** The identity that was given to a machine; empty where it has none. */
export async function machineOf(transport: Transport, context: ScriptContext): Promise<string> {
  const { facts } = await runScript(transport, ["facts"], {}, context);
  return factsFrom(facts).machine;
}

/** With a clock that is far off no package list can be had over TLS, so the clock comes first. */
function applyCalls({ offsetMs }: Facts, todos: readonly Todo[]): string[] {
  const order = Math.abs(offsetMs) > SKEWED_MS ? ["machine", "time", ...STEPS] : STEPS;
  const wanted = new Set(["machine", ...todos.map(({ step }) => step)]);
  return [...new Set(order)].filter((step) => wanted.has(step)).map((step) => `${step}_apply`);
}

async function withAttempts(
  node: string,
  context: ScriptContext,
  attempt: () => Promise<unknown>,
): Promise<void> {
  let made = 0;
  await waitFor<void>(
    {
      name: "its setup succeeds",
      on: node,
      intervalMs: BETWEEN_ATTEMPTS_MS,
      timeoutMs: SETUP_TIMEOUT_MS,
      signal: context.signal,
      onPending: (reason) =>
        context.progress(`attempt ${made} of ${ATTEMPTS} failed, trying again: ${reason}`),
    },
    async () => {
      made++;
      try {
        await attempt();
        return { done: undefined };
      } catch (error) {
        if (made < ATTEMPTS && error instanceof HostError && error.isTemporary)
          return { pending: error.message };
        throw error;
      }
    },
  );
}

function whyForeign({ owner }: Facts, wanted: WantedHost): string | undefined {
  if (!owner || owner === wanted.owner) return undefined;
  return (
    `it is a machine of ${owner}, and this is ${wanted.owner}. Take it out there first, ` +
    `or if that cluster is gone: rm -r /var/lib/pulumi-swarm on that machine.`
  );
}

function whyTooOld({ engine }: Facts, wanted: WantedHost): string | undefined {
  const least = wanted.engine?.minVersion ?? DEFAULT_MIN_VERSION;
  if (!engine || compareVersions(engine, least) >= 0) return undefined;
  return (
    `its Docker Engine is ${engine}; at least ${least} is wanted. Update it, take it from Docker's repository ` +
    '(engine: {source: "docker"}), or accept it with engine: {minVersion: ...}.'
  );
}

function compareVersions(a: string, b: string): number {
  const [one, other] = [a, b].map((version) => version.split(/[.+~-]/).map(Number));
  for (const [index, part] of other.entries()) {
    const difference = (one[index] ?? 0) - part;
    if (difference !== 0) return difference;
  }
  return 0;
}

function variablesOf(wanted: WantedHost, settings = ""): Record<string, string> {
  const { engine, time, firewall } = wanted;
  const yes = (value: boolean | undefined) => (value === false ? "no" : "yes");
  return {
    OWNER: wanted.owner,
    NODES: [...wanted.nodes].sort().join(" "),
    DATA_PATH_PORT: String(wanted.dataPathPort ?? DEFAULT_DATA_PATH_PORT),
    ENGINE_SOURCE: engine?.source ?? "distribution",
    ENGINE_VERSION: engine?.version ?? "",
    DAEMON_SETTINGS: Buffer.from(settings).toString("base64"),
    TIME: yes(time?.manage),
    TIME_SERVERS: (time?.servers ?? []).join(" "),
    TIME_WAIT: String(time?.timeout ?? DEFAULT_TIME_WAIT_S),
    KERNEL: yes(wanted.kernel),
    FIREWALL: yes(firewall?.manage),
    FIREWALL_SCRIPT: Buffer.from(scriptText("firewall")).toString("base64"),
    PURGE: wanted.purge ? "yes" : "no",
  };
}
