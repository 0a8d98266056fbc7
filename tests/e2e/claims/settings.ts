import { testInAll } from "../harness/cases";
import { removeSpareMachine, spareMachine } from "../harness/spare-machine";
import { tryDocker } from "../harness/docker";
import { demoStatus } from "../harness/demo-page";
import { NODES, UP_MS, addressesOf, type Shared } from "./shared";

const NEW_POOL = "10.99.0.0/16";

/** Settings of the swarm itself. */
export function settings(shared: Shared): void {
  const swarmName = () => `Swarm ${shared.workspace.cluster}`;

  test(
    "one setting changes in place and every other one stays, also one set by hand",
    async () => {
      const { workspace, witness } = shared;
      await witness.docker("swarm", "update", "--snapshot-interval", "5000");
      const before = (await witness.swarm()).Spec;
      workspace.configure({ swarm: { taskHistoryRetentionLimit: 2 } });
      expect((await workspace.up()).changes).toEqual({ [swarmName()]: "update" });
      expect((await witness.swarm()).Spec).toEqual({
        ...before,
        Orchestration: { TaskHistoryRetentionLimit: 2 },
      });
      expect(before.Raft.SnapshotInterval).toBe(5000);

      workspace.configure({ swarm: undefined });
      expect((await workspace.up()).changes).toEqual({ [swarmName()]: "update" });
      expect((await witness.swarm()).Spec).toEqual(before);
    },
    UP_MS,
  );

  testInAll(
    "a new trigger rotates the workers' token alone, the old token is refused, and members stay",
    async () => {
      const { workspace, witness } = shared;
      const [oldWorker, oldManager, members] = [
        await witness.joinToken("worker"),
        await witness.joinToken("manager"),
        (await witness.nodes()).map(({ ID }) => ID),
      ];
      workspace.configure({ swarm: { rotateWorkerToken: "2" } });
      expect((await workspace.up()).changes).toMatchObject({ [swarmName()]: "update" });
      expect(await witness.joinToken("manager")).toBe(oldManager);
      expect(await witness.joinToken("worker")).not.toBe(oldWorker);
      expect((await witness.nodes()).map(({ ID }) => ID)).toEqual(members);

      const manager = `${(await witness.node("manager-1")).Status.Addr}:2377`;
      const machine = await spareMachine(workspace.cluster);
      try {
        const join = await tryDocker(
          "exec",
          machine,
          "docker",
          "swarm",
          "join",
          "--token",
          oldWorker,
          manager,
        );
        expect(join.code).not.toBe(0);
        expect(join.stderr).toMatch(/valid join token is necessary/);
      } finally {
        await removeSpareMachine(machine);
      }
      expect((await workspace.up("--expect-no-changes")).changes).toEqual({});
    },
    UP_MS,
  );

  testInAll(
    "autolock is switched on, and its unlock key is a secret of the stack",
    async () => {
      const { workspace, witness } = shared;
      workspace.configure({ swarm: { rotateWorkerToken: "2", autoLockManagers: true } });
      expect((await workspace.up()).changes).toEqual({ [swarmName()]: "update" });
      const key = await witness.docker("swarm", "unlock-key", "--quiet");
      expect(key).toMatch(/^SWMKEY-1-/);
      const swarmOf = async (...args: string[]) =>
        (await workspace.exported(...args)).resources.find(({ type }) => type === "swarm:index:Swarm")
          ?.outputs;
      expect((await swarmOf("--show-secrets"))?.unlockKey).toMatchObject({ plaintext: JSON.stringify(key) });
      expect((await swarmOf())?.unlockKey).toMatchObject({ ciphertext: expect.any(String) });
      expect(workspace.state()).not.toContain(key);

      workspace.configure({ swarm: { rotateWorkerToken: "2" } });
      expect((await workspace.up()).changes).toEqual({ [swarmName()]: "update" });
      expect((await witness.swarm()).Spec.EncryptionConfig).toEqual({ AutoLockManagers: false });
    },
    UP_MS,
  );

  testInAll(
    "address pools are fixed at init: the preview says replace, and `up` makes the swarm anew with every node",
    async () => {
      const { workspace, witness } = shared;
      const [oldId] = await witness.clusterIds();
      workspace.configure({ addressPools: [NEW_POOL] });
      const planned = await workspace.preview();
      expect(planned).toMatchObject({ [swarmName()]: "replace", "SwarmNode app-1": "replace" });

      await workspace.up();
      expect((await witness.swarm()).DefaultAddrPool).toEqual([NEW_POOL]);
      const ids = await witness.clusterIds();
      expect(ids).toHaveLength(1);
      expect(ids).not.toContain(oldId);
      const nodes = await witness.nodes();
      expect(nodes.map(({ Description, Status }) => `${Description.Hostname} ${Status.State}`)).toEqual(
        NODES.map((name) => `${name} ready`),
      );
      const range = await witness.docker(
        "network",
        "inspect",
        "--format",
        "{{(index .IPAM.Config 0).Subnet}}",
        "demo_demo",
      );
      expect(range).toMatch(/^10\.99\./);
      for (const address of await addressesOf(shared)) await demoStatus(address);
      expect((await workspace.up("--expect-no-changes")).changes).toEqual({});
    },
    UP_MS,
  );
}
