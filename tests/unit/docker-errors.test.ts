import { EngineError, engineError, isEngineError, type EngineErrorKind } from "../../docker/errors";

/** Texts as the engine sends them: moby daemon/cluster, swarmkit controlapi and raft (20.10 to 29). */
const TEXTS: [EngineErrorKind, number, string][] = [
  [
    "join-timeout",
    503,
    'Timeout was reached before node joined. The attempt to join the swarm will continue in the background. Use the "docker info" command to see the current swarm status of your node.',
  ],
  [
    "already-in-swarm",
    503,
    'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.',
  ],
  ["not-in-swarm", 503, "This node is not part of a swarm"],
  [
    "not-in-swarm",
    503,
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
  ],
  [
    "not-a-manager",
    503,
    "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please run this command on a manager node or promote the current node to a manager.",
  ],
  [
    "not-a-manager",
    503,
    'connection error: desc = "transport: Error while dialing: dial unix /var/run/docker/swarm/control.sock: connect: no such file or directory"',
  ],
  [
    "locked",
    503,
    'Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.',
  ],
  ["not-locked", 409, "swarm is not locked"],
  ["wrong-key", 401, "swarm could not be unlocked: invalid key provided"],
  ["wrong-key", 400, "invalid key string"],
  [
    "no-leader",
    500,
    "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are online. Make sure more than half of the managers are online.",
  ],
  ["no-leader", 500, "rpc error: code = DeadlineExceeded desc = context deadline exceeded"],
  ["no-leader", 500, "rpc error: code = Unavailable desc = raft: no elected cluster leader"],
  [
    "no-leader",
    500,
    "rpc error: code = Unknown desc = raft: failed to process the request: node lost leader status",
  ],
  ["no-leader", 500, "rpc error: code = Canceled desc = grpc: the client connection is closing"],
  ["no-leader", 500, "rpc error: code = Unavailable desc = transport is closing"],
  ["no-leader", 500, "rpc error: code = Unavailable desc = the connection is unavailable"],
  ["out-of-sequence", 400, "rpc error: code = Unknown desc = update out of sequence"],
  [
    "bad-token",
    503,
    "rpc error: code = InvalidArgument desc = A valid join token is necessary to join this cluster",
  ],
  ["bad-token", 503, "remote CA does not match fingerprint. Expected: 1b2c"],
  ["bad-token", 400, "invalid join token"],
  [
    "quorum-guard",
    400,
    "rpc error: code = FailedPrecondition desc = attempting to demote the last manager of the swarm",
  ],
  [
    "quorum-guard",
    400,
    "rpc error: code = FailedPrecondition desc = can't remove member from the raft: this would result in a loss of quorum",
  ],
  ["quorum-guard", 500, "raft: member cannot be removed, because removing it may result in loss of quorum"],
  [
    "quorum-guard",
    400,
    "rpc error: code = FailedPrecondition desc = node q1 is a cluster manager and is a member of the raft cluster. It must be demoted to worker before removal",
  ],
  [
    "quorum-guard",
    400,
    "rpc error: code = FailedPrecondition desc = node q1 is not down and can't be removed",
  ],
  [
    "quorum-guard",
    503,
    "You are attempting to leave the swarm on a node that is participating as a manager. Removing this node leaves 1 managers out of 2. Without a Raft quorum your swarm will be inaccessible.",
  ],
  [
    "in-use",
    400,
    "rpc error: code = InvalidArgument desc = secret 'pw-1' is in use by the following service: shop_db",
  ],
  ["in-use", 400, "rpc error: code = FailedPrecondition desc = network n1 is in use by service s1"],
  ["in-use", 400, "rpc error: code = FailedPrecondition desc = network n1 is in use by task t1"],
  ["in-use", 403, "error while removing network: network dev id 0f1 has active endpoints"],
  ["in-use", 409, "remove store_small: volume is in use - [0f1]"],
  [
    "exists",
    409,
    "rpc error: code = AlreadyExists desc = name conflicts with an existing object: service shop",
  ],
  ["exists", 409, "network with name shop already exists"],
  [
    "exists",
    409,
    'Conflict. The container name "/dev-manager-1" is already in use by container "0f1". You have to remove (or rename) that container to be able to reuse that name.',
  ],
  ["no-space", 500, "write /var/lib/docker/tmp/layer: no space left on device"],
  ["not-found", 404, "rpc error: code = NotFound desc = node q1 not found"],
  ["not-found", 404, "No such container: dev-manager-1"],
  ["other", 503, "Swarm certificates have expired. To replace them, leave the swarm and join again."],
];

test.each(TEXTS)("%s: status %i, %s", (kind, status, text) => {
  expect(engineError("m1", "act", status, text).kind).toBe(kind);
});

test("only the status says that an object is missing: a program missing in a container is something else", () => {
  const text = 'exec: "curl": executable file not found in $PATH: unknown';
  expect(engineError("m1", "start", 400, text).kind).toBe("other");
});

test("a message names the node, the action, the engine's own words and the remedy, each once", () => {
  const error = engineError(
    "m1",
    "update node w1",
    400,
    "rpc error: code = Unknown desc = update out of sequence",
  );
  expect(error.message).toBe(
    "m1: update node w1: update out of sequence. Somebody else changed it at the same moment; run the same command again.",
  );
  expect(error).toMatchObject({
    node: "m1",
    action: "update node w1",
    status: 400,
    answer: "update out of sequence",
  });
});

test("an unknown answer keeps the engine's words and adds no guess", () => {
  expect(engineError("m1", "act", 500, "something new.").message).toBe("m1: act: something new.");
});

test("a deploy that misses a config or secret says how it comes back", () => {
  const { message } = engineError(
    "m1",
    "docker stack deploy shop",
    0,
    "service web: secret not found: token-1\n",
  );
  expect(message).toMatch(
    /secret not found: token-1\. Where the program makes it, .* run `pulumi up --refresh`\./,
  );
});

test("isEngineError tells kinds apart, takes any kind where none is named, and no other error", () => {
  const error = engineError("m1", "act", 404, "no such thing");
  expect(error).toBeInstanceOf(EngineError);
  expect(isEngineError(error)).toBe(true);
  expect(isEngineError(error, "exists", "not-found")).toBe(true);
  expect(isEngineError(error, "exists")).toBe(false);
  expect(isEngineError(new Error("no such thing"))).toBe(false);
});
