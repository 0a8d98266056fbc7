import { fingerprintOf } from "../e2e/harness/demo-page";
import { nodesOf, type Model } from "./model";
import { hasQuorum } from "./plan";
import type { Observation, Recording, StepRecord } from "./recording";

/** What a step should have been and was not. */
export interface Violation {
  step: number;
  text: string;
}

/** Holds a recording against the model: pure, so that an old recording can be judged by a changed model. */
export function judge({ steps }: Recording): Violation[] {
  const first = steps[0]?.observation?.clusterIds[0];
  return steps.flatMap((record) =>
    [...judgeOperations(record), ...judgeObservation(record, first), ...judgeClient(record)].map((text) => ({
      step: record.step.number,
      text,
    })),
  );
}

/** One `up` is enough. */
function judgeOperations({ operations, broken }: StepRecord): string[] {
  const failed = operations.filter(({ code, killed }) => code !== 0 && !killed);
  return [
    ...(broken ? [`could not be looked at: ${broken}`] : []),
    ...failed.map(({ command, code, text }) => `\`${command}\` ended with ${code}:\n${text}`),
  ];
}

function judgeObservation({ step, observation }: StepRecord, first?: string): string[] {
  if (!observation) return [];
  const { after } = step;
  return [
    ...different("cluster ID", observation.clusterIds, [first]),
    ...different("nodes", nodeRows(observation), wantedRows(after)),
    ...Object.entries(observation.services)
      .filter(([, tasks]) => !isWhole(tasks))
      .map(([name, tasks]) => `service ${name} has ${tasks} tasks`),
    ...different("services", Object.keys(observation.services).sort(), ["demo_gateway", "demo_web"]),
    ...different("replicas of web", observation.services.demo_web, `${after.replicas}/${after.replicas}`),
    ...different("number of secrets", observation.secrets.length, 1),
    ...different("number of configs", observation.configs.length, 1),
    ...judgePages(observation, after),
    ...judgeMachines(observation, after),
    ...observation.doctor.map((text) => `doctor: ${text}`),
    ...different("what a preview would change", observation.preview, {}),
  ];
}

function nodeRows({ nodes }: Observation): string[] {
  return nodes
    .map(({ Description, Status, Spec, ManagerStatus }) =>
      [
        Description.Hostname,
        Status.State,
        Spec.Availability,
        ManagerStatus ? `manager ${ManagerStatus.Reachability}` : Spec.Role,
        Spec.Labels?.turn ?? "",
      ].join(" "),
    )
    .sort();
}

function wantedRows(model: Model): string[] {
  const role = (name: string) => (model.managers.includes(name) ? "manager reachable" : "worker");
  return nodesOf(model)
    .map((name) => {
      const availability = model.drained.includes(name) ? "drain" : "active";
      return `${name} ready ${availability} ${role(name)} ${model.labels[name] ?? ""}`;
    })
    .sort();
}

/** Each node that takes tasks answers with what is current. */
function judgePages({ pages }: Observation, { greeting, password, drained }: Model): string[] {
  const wanted = { text: greeting, fingerprint: fingerprintOf(password) };
  const answering = Object.entries(pages).filter(([node]) => !drained.includes(node));
  return answering.flatMap(([node, page]) => different(`page of ${node}`, page, wanted));
}

/** Nothing is left over: a machine with its volume for each node, all running, and one network. */
function judgeMachines({ machines, volumes, networks }: Observation, model: Model): string[] {
  const rows = machines.map(({ node, state }) => `${node} ${state}`).sort();
  return [
    ...different(
      "machines",
      rows,
      nodesOf(model)
        .map((name) => `${name} running`)
        .sort(),
    ),
    ...different("volumes", volumes, machines.length),
    ...different("networks", networks.length, 1),
  ];
}

/** A client loses nothing where a quorum and a replica were left. */
function judgeClient({ step, asked, webOn }: StepRecord): string[] {
  if (asked.lost.length === 0 || !mayServe(step, webOn)) return [];
  const [{ at, refusals }] = asked.lost;
  return [
    `${asked.lost.length} of ${asked.requests} requests were lost, the first at ${at}: ${refusals.join("; ")}`,
  ];
}

/** One replica is away while its task moves, so there have to be two on nodes that nothing happens to. */
function mayServe(step: StepRecord["step"], webOn: readonly string[]): boolean {
  const hit = step.faults.map(({ node }) => node);
  const left = webOn.filter((node) => !hit.includes(node));
  const byHand = step.faults.some(({ node }) => node === "");
  return !byHand && step.after.replicas > 1 && left.length > 1 && hasQuorum(step, []);
}

/** "3/3", and of a job "0/1 (1/1 completed)". */
function isWhole(tasks: string): boolean {
  return /^(\d+)\/\1( |$)/.test(tasks);
}

function different(what: string, seen: unknown, wanted: unknown): string[] {
  const [is, shall] = [JSON.stringify(seen), JSON.stringify(wanted)];
  return is === shall ? [] : [`${what}: ${is} instead of ${shall}`];
}
