import {
  isContainerConnection,
  isSshConnection,
  nameOfConnection,
  type Connection,
} from "../schema/connection";
import { ContainerControl } from "../transport/container-control";
import type { MachineControl } from "../transport/machine-control";
import { SshControl } from "../transport/ssh-control";
import { connect } from "./connect";
import type { InSession } from "../foundation/session";

/** What stops and starts a node's engine and has its files, through the connection that the node has anyway. */
export function machineControl(connection: Connection, within: InSession): MachineControl {
  if (isContainerConnection(connection)) return new ContainerControl(connection, within.session);
  if (!isSshConnection(connection))
    throw new Error(
      `${nameOfConnection(connection)}: only its Docker Engine is in reach, and not the machine that runs it. ` +
        "Do it there, or where its cluster is made.",
    );
  return new SshControl(connection.host, () => connect(connection, within).transport);
}
