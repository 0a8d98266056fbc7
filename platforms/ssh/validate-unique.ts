import * as pulumi from "../../resources/pulumi";
import { isLater } from "../../resources/later";
import { show, type Problem } from "../../validation/problem";
import type { OnceKnown } from "../judge";
import type { SshHostArgs } from "./args";

interface Place {
  address: string;
  port?: number;
  privateAddress?: string;
}

/** Hosts of one name or at one address would be one machine twice. Addresses that come later are compared when all are there. */
export function checkUniqueHosts(hosts: readonly SshHostArgs[], onceKnown: OnceKnown): Problem[] {
  const places = hosts.map(({ address, port, privateAddress }) => ({ address, port, privateAddress }));
  const written = places.map((place) =>
    Object.values(place).some(isLater) ? undefined : (place as unknown as Place),
  );
  const found = checkPlaces(written);
  if (written.includes(undefined)) {
    onceKnown(pulumi.output(places) as unknown as pulumi.Output<Place[]>, (known) =>
      checkPlaces(known).filter(({ where }) => !found.some((before) => before.where === where)),
    );
  }
  const names = hosts.map(({ name }) => name);
  return [...checkUnique("name", names), ...found];
}

function checkPlaces(places: readonly (Place | undefined)[]): Problem[] {
  const seenByOthers = places.map((place) => place && (place.privateAddress ?? place.address));
  return [
    ...checkUnique(
      "address",
      places.map((place) => place && `${place.address}:${place.port ?? 22}`),
    ),
    // The address that others see is the one to connect to unless it is given; one problem is enough for both.
    ...checkUnique("privateAddress", seenByOthers, (index) => places[index]?.privateAddress !== undefined),
  ];
}

/** @param isGiven - whether the value of a host was written for this field */
function checkUnique(
  field: string,
  values: readonly (string | undefined)[],
  isGiven: (index: number) => boolean = () => true,
): Problem[] {
  return values.flatMap((value, index) => {
    const before = value === undefined ? index : values.indexOf(value);
    if (before === index || !isGiven(index)) return [];
    return [
      {
        where: `hosts[${index}].${field}`,
        text: `${show(value)} is that of hosts[${before}] already. Each host is one machine.`,
      },
    ];
  });
}
