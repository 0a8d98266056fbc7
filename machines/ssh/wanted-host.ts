import type { SwarmHostInputs } from "../../schema/ssh";
import { describeOwner, nameLabels } from "../../schema/owner";
import type { WantedHost } from "../../hosts/wanted";
import { isFromBefore } from "../../docker/ownership";
import type { InSession } from "../../foundation/session";

/**
 * What a host shall become, in the words of `hosts/`.
 * @param machine - identity of the machine that the state lists
 */
export function wantedFrom(inputs: SwarmHostInputs, within: InSession, machine?: string): WantedHost {
  const { owner, nodes, dataPathPort, engine, time, firewall, kernel, purge, volumes } = inputs;
  return {
    owner: describeOwner(nameLabels(owner)),
    identity: owner.id ?? "",
    machine,
    older: isFromBefore(owner, within),
    nodes,
    dataPathPort,
    engine,
    time,
    firewall,
    kernel,
    purge,
    volumes,
  };
}
