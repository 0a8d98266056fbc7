import type { ContainerConnection } from "../../schema/connection";
import { engineError } from "../../docker/errors";
import { forceLeave, forceLeaveIf } from "../../swarm/membership/force-leave";
import { TransportError } from "../../transport/transport";
import { Session } from "../../foundation/session";

/** Machines by container: what each answers, and how many leave at the same moment. */
let answers: Record<string, { leave?: Error; info?: Error; nodeId?: string }>;
let left: string[];
let [now, most] = [0, 0];

jest.mock("../../docker/connect", () => ({
  connect: ({ container }: ContainerConnection) => ({
    get() {
      const { info, nodeId = container } = answers[container] ?? {};
      return info ? Promise.reject(info) : Promise.resolve({ Swarm: { NodeID: nodeId } });
    },
    async post() {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
      const { leave } = answers[container] ?? {};
      if (leave) throw leave;
      left.push(container);
    },
  }),
}));

const WAITING = { signal: new AbortController().signal, session: new Session(), progress: () => undefined };
const SILENT = new TransportError("m", "unreachable", "no answer", "");
const machine = (container: string) => ({ container }) as ContainerConnection;

beforeEach(() => {
  answers = {};
  left = [];
  [now, most] = [0, 0];
});

test("machines leave one after the other, whoever makes them leave", async () => {
  await Promise.all([
    forceLeave(machine("a"), WAITING),
    forceLeaveIf(() => true, machine("b"), WAITING),
    forceLeave(machine("c"), WAITING),
  ]);
  expect(most).toBe(1);
  expect(left.sort()).toEqual(["a", "b", "c"]);
});

test("one that is in no swarm has left; one that fails keeps nobody else from leaving", async () => {
  answers = {
    a: { leave: engineError("a", "leave", 503, "This node is not part of a swarm") },
    b: { leave: SILENT },
  };
  const ended = await Promise.allSettled(["a", "b", "c"].map((name) => forceLeave(machine(name), WAITING)));
  expect(ended.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(left).toEqual(["c"]);
});

test("a machine that is another member by its own word stays", async () => {
  answers = { a: { nodeId: "successor" } };
  const isMeant = ({ NodeID }: { NodeID: string }) => NodeID !== "successor";
  await forceLeaveIf(isMeant, machine("a"), WAITING);
  await forceLeaveIf(isMeant, machine("b"), WAITING);
  expect(left).toEqual(["b"]);
});

test("a machine that does not say who it is stays as it is", async () => {
  answers = { a: { info: SILENT } };
  await expect(forceLeaveIf(() => true, machine("a"), WAITING)).rejects.toBe(SILENT);
  expect(left).toEqual([]);
});
