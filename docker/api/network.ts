/**
 * A network, as a list or an inspection tells of it.
 *
 * @spec Network
 */
export interface NetworkInspect {
  Id: string;
  Name: string;
  Driver: string;
  Scope: string;
  Attachable: boolean;
  Internal: boolean;
  Ingress: boolean;
  EnableIPv6: boolean;
  IPAM: { Driver?: string; Config: { Subnet?: string; Gateway?: string; IPRange?: string }[] | null };
  Options: Record<string, string> | null;
  Labels: Record<string, string> | null;
  /** Only where one network is inspected, and of the engine that is asked. */
  Containers?: Record<string, { Name: string; MacAddress: string; IPv4Address: string }> | null;
}
