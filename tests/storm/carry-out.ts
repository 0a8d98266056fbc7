import path from "node:path";
import { waitFor } from "../../foundation/wait";
import { urnOf, type Workspace } from "../e2e/harness/workspace";
import { askOn } from "./asking";
import { faultCalled, type Place } from "./faults";
import { onAny } from "./machines";
import { observe } from "./observe";
import { hasQuorum, type PlannedFault, type Step } from "./plan";
import type { Operation, StepRecord } from "./recording";

/** What a step did and what was seen, without judging it. */
export async function carryOut(
  workspace: Workspace,
  step: Step,
  configure: () => Promise<void>,
): Promise<StepRecord> {
  const record: Omit<StepRecord, "asked"> = { step, struck: [], webOn: [], operations: [] };
  const asking = askOn(workspace.cluster);
  try {
    record.webOn = await nodesOfWeb(workspace.cluster, step);
    const replaced = await replaceOptions(workspace, step);
    await configure();
    record.struck = await strikeAll(workspace.cluster, step);
    await update(workspace, step, replaced, record.operations);
    record.observation = await observe(workspace, step.after);
  } catch (error) {
    record.broken = (error as Error).message;
  }
  return { ...record, asked: await asking.stop() };
}

async function nodesOfWeb(cluster: string, { before }: Step): Promise<string[]> {
  const args = ["service", "ps", "--filter", "desired-state=running", "--format", "{{.Node}}", "demo_web"];
  return (await onAny(cluster, before.managers, ...args)).split("\n").filter(Boolean);
}

async function replaceOptions(workspace: Workspace, { replaced }: Step): Promise<string[]> {
  const urns = await Promise.all(
    replaced.map((name) => urnOf(workspace, "LocalNode", `${workspace.cluster}-${name}`)),
  );
  return urns.flatMap((urn) => ["--replace", urn]);
}

/** One fault after the other, so that each finds what it needs; then all last as long as they shall, side by side. */
async function strikeAll(cluster: string, { before, faults }: Step): Promise<StepRecord["struck"]> {
  const struck: StepRecord["struck"] = [];
  const ends: Promise<unknown>[] = [];
  for (const { name, node, seconds } of inOrder(faults)) {
    const fault = faultCalled(name);
    const place: Place = { cluster, model: before, node };
    await fault.strike(place);
    struck.push({ name, node, struck: await fault.struck(place) });
    ends.push(lasts(name, seconds).then(() => fault.end?.(place)));
  }
  await Promise.all(ends);
  return struck;
}

/** What needs a manager's word comes before what takes managers away. */
function inOrder(faults: readonly PlannedFault[]): PlannedFault[] {
  const byHand = ({ name }: PlannedFault) =>
    faultCalled(name).takes !== "machine" || name === "removed from the list";
  return [...faults.filter(byHand), ...faults.filter((fault) => !byHand(fault))];
}

/** A fault's own length: nothing is waited for here. */
function lasts(name: string, seconds: number): Promise<void> {
  const start = Date.now();
  return waitFor<void>(
    { name: "the fault has lasted", on: name, intervalMs: 100, timeoutMs: 60_000 },
    async () => (Date.now() - start >= seconds * 1000 ? { done: undefined } : { pending: "not yet" }),
  );
}

/**
 * One `up --refresh`; where the step kills it, another one, with what Pulumi demands in between. Without a quorum nobody can
 * say what else is amiss until the first one has brought the managers back ("not looked at: …; then refresh again").
 */
async function update(
  workspace: Workspace,
  step: Step,
  options: readonly string[],
  operations: Operation[],
): Promise<void> {
  const { number, killedAfter } = step;
  if (killedAfter !== undefined) {
    const killed = await startAndKill(workspace, killedAfter, [...options]);
    operations.push(killed);
    if (!killed.killed) return;
  }
  const start = Date.now();
  let ended = await workspace.tryUp("--refresh", ...options);
  if (ended.code !== 0 && /pulumi cancel/.test(ended.text)) {
    await workspace.cancel();
    ended = await workspace.tryUp("--refresh", ...options);
  }
  operations.push({ ...ended, command: `up --refresh (step ${number})`, seconds: since(start) });
  if (ended.code !== 0 || hasQuorum(step, [])) return;
  const again = await workspace.tryUp("--refresh");
  operations.push({ ...again, command: `up --refresh (step ${number}, again)`, seconds: since(start) });
}

async function startAndKill(workspace: Workspace, after: number, options: string[]): Promise<Operation> {
  const start = Date.now();
  const eventLog = path.join(workspace.folder, `killed-${start}.json`);
  const running = workspace.startUp("--refresh", "--event-log", eventLog, ...options);
  const isOver = await waitFor<boolean>(
    { name: "it is time to kill it", on: "the update", intervalMs: 50, timeoutMs: 120_000 },
    async () => {
      if (running.child.exitCode !== null) return { done: true };
      return Date.now() - start >= after * 1000 ? { done: false } : { pending: "not yet" };
    },
  );
  if (!isOver) running.child.kill("SIGKILL");
  const { code, stdout, stderr } = await running.ended;
  const command = "up --refresh, to be killed";
  return { command, code, text: stdout + stderr, changes: {}, seconds: since(start), killed: !isOver };
}

function since(start: number): number {
  return Math.round((Date.now() - start) / 1000);
}
