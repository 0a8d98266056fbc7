import type { ManagerRef } from "../schema/connection";
import { describeOwner, hasNames, isOwnedBy, ownerLabels, type Owner } from "../schema/owner";
import type { Service } from "../docker/api/service";
import type { Backup } from "./backup-contents";
import type { ClusterRecord } from "../schema/cluster-record";

/** A cluster that is made again after its loss has another identity: a file that somebody names may go by its names. */
export function refuseForeignBackup({ manifest }: Backup, owner: Owner, adopt: boolean): void {
  if (isOwnedBy(owner, manifest.labels) || hasNames(owner, manifest.labels) || adopt) return;
  throw new Error(
    `The backup is of a swarm that belongs to ${describeOwner(manifest.labels)}, and this is ${describeOwner(ownerLabels(owner))}. ` +
      "Nothing was changed. Take it over with --adopt.",
  );
}

/**
 * The manager's address is written in its raft log, and no engine changes it there: only a machine with that address
 * can be this manager again.
 */
export function chooseMachine({ manifest }: Backup, { nodes }: ClusterRecord): ManagerRef {
  const managers = nodes.filter(({ role }) => role === "manager");
  const target = managers.find(({ address }) => address === manifest.address);
  if (target) return { name: target.name, connection: target.connection };
  const rows = managers.map(({ name, address }) => `${name} has ${address}`).join(", ");
  throw new Error(
    `The backup is of a manager with the address ${manifest.address}, which is written in its state, and no manager has it: ${rows}. ` +
      "Nothing was changed. Make the cluster with the same `subnet` and at least as many managers as before.",
  );
}

export function refuseForeignServices(services: readonly Service[], owner: Owner): void {
  const foreign = services.filter(({ Spec }) => !isOwnedBy(owner, Spec.Labels)).map(({ Spec }) => Spec.Name);
  if (foreign.length === 0) return;
  throw new Error(
    `Services run here that no program made: ${foreign.join(", ")}. A restore would end them. Nothing was changed. ` +
      "Remove them first, or restore onto a fresh cluster.",
  );
}
