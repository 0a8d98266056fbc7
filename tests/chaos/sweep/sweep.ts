import path from "node:path";
import type { Settings, Update, Workspace } from "../../e2e/harness/workspace";
import { diagnostics } from "../../e2e/fixtures/reading";
import { expectNothing, expectOneCluster, type Identity } from "./invariants";
import { killAt, momentsOf, type KillPoint } from "./kill-points";

/** An edit and its inverse; "nothing" is a stack that was destroyed. */
export interface Scenario {
  name: string;
  from: Settings | "nothing";
  to: Settings;
  /** The machines become others, so that their nodes have new IDs. */
  replacesNodes?: boolean;
}

export interface Edit {
  name: string;
  from: Settings | "nothing";
  to: Settings | "nothing";
  keepsNodes: boolean;
}

export interface Row {
  edit: string;
  point: KillPoint;
  /** Whether the update was killed, or ended without the moment. */
  killed: boolean;
  /** What the commands after the kill did. */
  next: string;
  seconds: number;
  failure?: string;
}

export function editsOf({ name, from, to, replacesNodes }: Scenario): Edit[] {
  const keepsNodes = !replacesNodes && from !== "nothing";
  return [
    { name, from, to, keepsNodes },
    { name: `${name}, back`, from: to, to: from, keepsNodes },
  ];
}

/** Carries out an edit that nothing disturbs, and answers its moments. */
export async function rehearse(workspace: Workspace, edit: Edit): Promise<string[]> {
  const eventLog = prepare(workspace, edit, "rehearsal");
  const ended = await workspace.start(commandOf(edit), "--event-log", eventLog).ended;
  if (ended.code !== 0)
    throw new Error(`The edit "${edit.name}" failed undisturbed:\n${ended.stdout}${ended.stderr}`);
  await check(workspace, edit);
  return momentsOf(eventLog, workspace.cluster);
}

/** Carries out an edit, kills at the point, finishes it as Pulumi demands, and looks at what came out. */
export async function killAndFinish(workspace: Workspace, edit: Edit, point: KillPoint): Promise<Row> {
  const started = Date.now();
  const before = edit.from === "nothing" ? undefined : await expectOneCluster(workspace, edit.from);
  const eventLog = prepare(workspace, edit, `${point.moment} ${point.victim}`);
  const update = workspace.start(commandOf(edit), "--event-log", eventLog);
  const killed = await killAt(point, update, eventLog, workspace.cluster);
  const row = { edit: edit.name, point, killed };
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const done: string[] = [];
  try {
    await finish(workspace, edit, done);
    await check(workspace, edit, before);
    return { ...row, next: done.join(", "), seconds: seconds() };
  } catch (error) {
    return { ...row, next: done.join(", "), seconds: seconds(), failure: (error as Error).message };
  }
}

/** The same command again; `pulumi cancel` before it where the CLI demands that. */
async function finish(workspace: Workspace, edit: Edit, done: string[]): Promise<void> {
  const again = (): Promise<Update> =>
    commandOf(edit) === "up" ? workspace.tryUp() : workspace.tryDestroy();
  let update = await again();
  if (update.code !== 0 && /pulumi cancel/.test(update.text)) {
    await workspace.cancel();
    done.push("cancel");
    update = await again();
  }
  done.push(`${commandOf(edit)}: ${countsOf(update.changes)}`);
  if (update.code !== 0) throw new Error(diagnostics(update));
}

async function check(workspace: Workspace, { to, keepsNodes }: Edit, before?: Identity): Promise<void> {
  if (to === "nothing") return expectNothing(workspace);
  const after = await expectOneCluster(workspace, to);
  if (!before) return;
  expect(after.clusterId).toBe(before.clusterId);
  if (!keepsNodes) return;
  const kept = Object.fromEntries(Object.entries(after.nodes).filter(([name]) => name in before.nodes));
  expect(before.nodes).toMatchObject(kept);
}

function prepare(workspace: Workspace, edit: Edit, name: string): string {
  if (edit.to !== "nothing") workspace.configure(edit.to);
  return path.join(workspace.folder, `${edit.name} ${name}.json`.replaceAll(/[^\w.-]+/g, "-"));
}

function commandOf({ to }: Edit): "up" | "destroy" {
  return to === "nothing" ? "destroy" : "up";
}

function countsOf(changes: Record<string, string>): string {
  const counts = new Map<string, number>();
  for (const op of Object.values(changes)) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts].map(([op, count]) => `${count} ${op}`).join(" ") || "nothing";
}
