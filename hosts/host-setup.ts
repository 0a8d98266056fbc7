import type { Transport } from "../transport/transport";
import { withAttempts } from "./attempts";
import { daemonSettings, daemonWarnings, formerSettings } from "./daemon-settings";
import { factsFrom, type HostFacts } from "./host-facts";
import { ForeignMachine } from "./foreign-machine";
import { changeByScript, lookByScript, type ScriptContext } from "./script";
import type { Todo, Told } from "./told";
import { whyForeign, whyNotThisEngine, whyUnsupported } from "./supported";
import { variablesOf, type WantedHost } from "./wanted";

/** What a look at a machine found: what it is, and what setup would do. */
export interface Looked {
  facts: HostFacts;
  todos: Todo[];
  warnings: string[];
  /** Text that daemon.json shall have, where it has another one. */
  settings?: string;
}

const STEPS = ["machine", "packages", "time", "kernel", "engine", "firewall", "volumes"];
/** From here on a clock counts as wrong; a look takes a moment, by which its clock seems to be late. */
const WRONG_MS = 60_000;
const STARTS_ENGINE = ["packages", "engine"];
/** It asks the engine, which starts for a while. */
const VOLUMES = "volumes_apply";
const LOOK = ["facts", ...STEPS.map((step) => `${step}_check`)];

/** What a setup asks of whoever knows the machine's engine and its swarm. */
export interface EngineCare {
  /** Waits for the engine, which has just been started. */
  answers(): Promise<unknown>;
  /** Runs a step that restarts an engine that runs, when its swarm can do without it for a moment. */
  restarting(step: () => Promise<void>): Promise<void>;
}

/** Looks at a machine in one session, and changes nothing. Throws HostError, or why it cannot be a node. */
export async function look(
  transport: Transport,
  wanted: WantedHost,
  context: ScriptContext,
): Promise<Looked> {
  return judged(transport, wanted, await lookByScript(transport, LOOK, variablesOf(wanted), context));
}

function judged(transport: Transport, wanted: WantedHost, told: Told): Looked {
  const facts = factsFrom(told.facts);
  refuseForeign(transport, facts, wanted);
  const problem = whyUnsupported(facts) ?? whyNotThisEngine(facts, wanted);
  if (problem) throw new Error(`${transport.node}: ${problem}`);
  const settings = daemonSettings(transport.node, facts.daemon, wanted.engine?.daemon);
  const todos = [...told.todos];
  if (settings) todos.push({ step: "engine", text: "write /etc/docker/daemon.json" });
  return { facts, todos, settings, warnings: daemonWarnings(facts.daemon, wanted.engine?.daemon) };
}

function refuseForeign({ node }: Transport, facts: HostFacts, wanted: WantedHost): void {
  const why = whyForeign(facts, wanted);
  if (why) throw new ForeignMachine(node, why);
}

/** What a look found to do, in words for a reader. */
export function planOf({ todos }: Looked): string {
  return `to do: ${todos.map(({ text }) => text).join("; ")}`;
}

/** Makes a machine what it shall be: only what a look found missing is done, so it goes on where it was interrupted. */
export async function setUpHost(
  transport: Transport,
  wanted: WantedHost,
  context: ScriptContext & { warn(text: string): void },
  engine: EngineCare,
): Promise<HostFacts> {
  const looked = await look(transport, wanted, context);
  const { facts, todos, settings, warnings } = looked;
  warnings.forEach((text) => context.warn(text));
  if (todos.length === 0) return facts;
  context.progress(planOf(looked));
  const variables = { ...variablesOf(wanted, settings), CLOCK: clockOf(facts) };
  const apply = (calls: string[], more: Record<string, string> = {}) =>
    withAttempts(transport.node, context, () =>
      changeByScript(transport, calls, { ...variables, ...more }, context),
    );
  const calls = applyCalls(facts, todos);
  const startsEngine = todos.some(({ step }) => STARTS_ENGINE.includes(step));
  const restarts = settings !== undefined && facts.engine !== "";
  let after: Looked;
  if (startsEngine) {
    const step = async () => {
      await apply(calls.filter((call) => call !== VOLUMES));
      await engine.answers();
      if (calls.includes(VOLUMES)) await apply([VOLUMES]);
    };
    await (restarts ? engine.restarting(step) : step());
    after = await look(transport, wanted, context);
  } else {
    // Nothing to wait for, so the last look takes no session of its own, and the engine is the one of the first look.
    after = judged(transport, wanted, await apply([...calls, ...LOOK], { ENGINE_NOW: facts.engine }));
  }
  if (after.todos.length > 0)
    throw new Error(
      `${transport.node}: after the setup there is still to do: ${after.todos.map(({ text }) => text).join("; ")}. ` +
        "Something on that machine undoes it; `pulumi up` tries again.",
    );
  return after.facts;
}

/** What a machine says of itself, whatever it is. */
export async function factsOf(transport: Transport, context: ScriptContext): Promise<HostFacts> {
  const { facts } = await lookByScript(transport, ["facts"], {}, context);
  return factsFrom(facts);
}

/** Takes back what was done to a machine, if it is still the one it was done to. Throws ForeignMachine. */
export async function cleanUp(
  transport: Transport,
  machine: string,
  wanted: WantedHost,
  context: ScriptContext,
): Promise<void> {
  const facts = await factsOf(transport, context);
  if (facts.machine !== machine) return;
  refuseForeign(transport, facts, wanted);
  await changeByScript(transport, ["clean"], variablesOf(wanted, formerSettings(facts.daemon)), context);
}

/** Says again which nodes the ports are open to, and nothing else. */
export async function applyFirewall(
  transport: Transport,
  wanted: WantedHost,
  context: ScriptContext,
): Promise<void> {
  await changeByScript(transport, ["firewall_apply"], variablesOf(wanted), context);
}

/** Whether its clock can judge the dates of package lists; apt's own checks of them are off only where it cannot. */
export function clockOf({ offsetMs }: Pick<HostFacts, "offsetMs">): "right" | "wrong" {
  return Math.abs(offsetMs) > WRONG_MS ? "wrong" : "right";
}

/** With a wrong clock no package list can be had over TLS, or its date be judged, so the clock comes first. */
function applyCalls({ offsetMs }: HostFacts, todos: readonly Todo[]): string[] {
  const order = clockOf({ offsetMs }) === "wrong" ? ["machine", "time", ...STEPS] : STEPS;
  const wanted = new Set(["machine", ...todos.map(({ step }) => step)]);
  return [...new Set(order)].filter((step) => wanted.has(step)).map((step) => `${step}_apply`);
}
