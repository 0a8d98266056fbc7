import { BinaryReader } from "google-protobuf";

/** Tables that the engines gossip about: whom a name leads to, and behind which node an address is. */
export const ENDPOINTS = "endpoint_table";
export const PEERS = "overlay_peer_table";

interface Answer {
  message: string;
  details?: { entries?: { key: string; value: string }[] | null } | null;
}

/** What of an endpoint's record is needed. Source: moby, libnetwork/agent.proto (EndpointRecord). */
interface EndpointRecord {
  key: string;
  name: string;
  service: string;
  address: string;
}

/** Keys of the entries of a service's endpoints that have an address, in what `/gettable` answered. */
export function keysOf(answer: string, service: string, address: string): string[] {
  const { details } = JSON.parse(answer) as Answer;
  return (details?.entries ?? [])
    .map(readRecord)
    .filter((record) => record.service === service && record.address === address)
    .map(({ key }) => key);
}

export function isSuccess(answer: string): boolean {
  return (JSON.parse(answer) as Answer).message === "OK";
}

function readRecord({ key, value }: { key: string; value: string }): EndpointRecord {
  const reader = new BinaryReader(Buffer.from(value, "base64"));
  const record = { key, name: "", service: "", address: "" };
  while (reader.nextField()) {
    const field = reader.getFieldNumber();
    if (field === 1) record.name = reader.readString();
    else if (field === 2) record.service = reader.readString();
    else if (field === 5) record.address = reader.readString();
    else reader.skipField();
  }
  return record;
}
