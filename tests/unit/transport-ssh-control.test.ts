import { text } from "node:stream/consumers";
import { SshControl } from "../../transport/ssh-control";
import type { RunResult, Transport } from "../../transport/transport";
import { TRAITS } from "./fixtures/machine-traits";

/** A machine on which every command ends as given. */
function control(result: RunResult): SshControl {
  const transport: Transport = {
    node: "alpha",
    traits: TRAITS,
    dialEngine: () => Promise.reject(new Error("not asked")),
    run: (_command, options) => {
      options?.onStdout?.(Buffer.from(result.stdout));
      return Promise.resolve(result);
    },
    close: () => undefined,
  };
  return new SshControl("alpha", () => transport);
}

const CHANGED =
  "tar: raft/wal-v3-encrypted/0000000000000000-0000000000000000.wal: file changed as we read it\n";

test("a log that grows while it is read is read", async () => {
  const machine = control({ exitCode: 1, stdout: "the archive", stderr: CHANGED });
  expect(await text(await machine.read("/var/lib/docker/swarm/raft"))).toBe("the archive");
});

test.each([
  { what: "another complaint beside it", exitCode: 1, stderr: `${CHANGED}tar: Error is not recoverable\n` },
  { what: "another exit code", exitCode: 2, stderr: CHANGED },
  { what: "no complaint at all", exitCode: 1, stderr: "" },
])("$what is an error with its words", async ({ exitCode, stderr }) => {
  const machine = control({ exitCode, stdout: "", stderr });
  await expect(machine.read("/var/lib/docker/swarm/raft")).rejects.toThrow(/^alpha: read \/var\/lib\/docker/);
});

test("a file that is not there is gone, and not out of reach", async () => {
  const stderr = "tar: swarm-node.crt: Cannot stat: No such file or directory\n";
  const machine = control({ exitCode: 2, stdout: "", stderr });
  await expect(machine.read("/var/lib/docker/swarm/swarm-node.crt")).rejects.toMatchObject({
    failure: "gone",
  });
});
