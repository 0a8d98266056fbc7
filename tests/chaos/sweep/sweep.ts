import path from "node:path";
import { Workspace, type Settings, type Update } from "../../e2e/harness/workspace";
import { diagnostics } from "../../e2e/fixtures/reading";
import { expectNothing, expectOneCluster, type Identity } from "./invariants";
import { killAt, killPointsOf, momentsOf, type KillPoint } from "./kill-points";

/** An edit and its inverse; "nothing" is a stack that was destroyed. */
export interface Scenario {
  name: string;
  from: Settings | "nothing";
  to: Settings;
  /** The machines become others, made from this image: their nodes have new IDs. */
  nodeImage?: (cluster: string) => Promise<string>;
}

interface Edit {
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

/**
 * Carries out a scenario's edit and its inverse by turns, each time with another kill, until all chosen points of both
 * were there. Ends at the first failure: what follows would only show its consequences.
 */
export async function sweep(
  { name, from, to, nodeImage }: Scenario,
  choose: (points: KillPoint[]) => KillPoint[],
  onRow: (row: Row) => void,
): Promise<void> {
  const workspace = await Workspace.create();
  try {
    if (from !== "nothing") {
      workspace.configure(from);
      await workspace.up();
    }
    const target = nodeImage ? { ...to, nodeImage: await nodeImage(workspace.cluster) } : to;
    const keepsNodes = !nodeImage && from !== "nothing";
    const edits: Edit[] = [
      { name, from, to: target, keepsNodes },
      { name: `${name}, back`, from: target, to: from, keepsNodes },
    ];
    const points: KillPoint[][] = [];
    let state: After;
    for (const edit of edits) {
      const { moments, after } = await rehearse(workspace, edit);
      points.push(choose(killPointsOf(moments)));
      state = after;
    }
    for (let turn = 0; turn < Math.max(...points.map(({ length }) => length)); turn++) {
      for (const [direction, edit] of edits.entries()) {
        const own = points[direction];
        const { row, after } = await killAndFinish(workspace, edit, own[turn % own.length], state);
        onRow(row);
        if (row.failure) return;
        state = after;
      }
    }
  } finally {
    await workspace.remove();
  }
}

/** The state that an edit ended in; nothing after a destroy. */
type After = Identity | undefined;

/** Carries out an edit that nothing disturbs, and answers its moments. */
async function rehearse(workspace: Workspace, edit: Edit): Promise<{ moments: string[]; after: After }> {
  const eventLog = prepare(workspace, edit, "rehearsal");
  const ended = await workspace.start(commandOf(edit), "--event-log", eventLog).ended;
  if (ended.code !== 0)
    throw new Error(`The edit "${edit.name}" failed undisturbed:\n${ended.stdout}${ended.stderr}`);
  const after = await check(workspace, edit);
  return { moments: momentsOf(eventLog, workspace.cluster), after };
}

/**
 * Carries out an edit, kills at the point, finishes it as Pulumi demands, and looks at what came out.
 * @param before - what the cluster was before.
 */
async function killAndFinish(
  workspace: Workspace,
  edit: Edit,
  point: KillPoint,
  before: After,
): Promise<{ row: Row; after: After }> {
  const started = Date.now();
  const eventLog = prepare(workspace, edit, `${point.moment} ${point.victim}`);
  const update = workspace.start(commandOf(edit), "--event-log", eventLog);
  const done: string[] = [];
  let killed = false;
  const ended = await killAt(point, update, eventLog, workspace.cluster)
    .then(async (reached) => {
      killed = reached;
      await finish(workspace, edit, done);
      return check(workspace, edit, before);
    })
    .then(
      (after) => ({ after, failure: undefined }),
      (error: Error) => ({ after: undefined, failure: error.message }),
    );
  const seconds = Math.round((Date.now() - started) / 1000);
  const row = { edit: edit.name, point, killed, next: done.join(", "), seconds, failure: ended.failure };
  return { row, after: ended.after };
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

async function check(workspace: Workspace, { to, keepsNodes }: Edit, before?: After): Promise<After> {
  if (to === "nothing") return void (await expectNothing(workspace));
  const after = await expectOneCluster(workspace, to);
  if (!before) return after;
  expect(after.clusterId).toBe(before.clusterId);
  if (keepsNodes) {
    const stayed = Object.keys(after.nodes).filter((name) => name in before.nodes);
    expect(pick(after.nodes, stayed)).toEqual(pick(before.nodes, stayed));
  }
  return after;
}

function pick(all: Record<string, string>, names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, all[name]]));
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
