import type { SwarmHostInputs } from "../contract/ssh";
import { describeOwner, ownerLabels } from "../contract/owner";
import type { WantedHost } from "../hosts/wanted";

/** What a host shall become, in the words of `hosts/`. */
export function wantedFrom(inputs: SwarmHostInputs): WantedHost {
  const { owner, nodes, dataPathPort, engine, time, firewall, kernel, purge } = inputs;
  return {
    owner: describeOwner(ownerLabels(owner)),
    nodes,
    dataPathPort,
    engine,
    time,
    firewall,
    kernel,
    purge,
  };
}
