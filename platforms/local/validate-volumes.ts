import { show, type Problem } from "../../validation/problem";
import type { PoolVolumes } from "../platform";

/** What a local node has no place for. */
export function checkLocalVolumes({ where, volumes }: PoolVolumes): Problem[] {
  return volumes.flatMap((volume, index) =>
    volume?.path === undefined
      ? []
      : [
          {
            where: `${where}[${index}].path`,
            text:
              `${show(volume.path)} is for hosts over SSH: on the local platform the files lie in a volume of the Docker Engine ` +
              "that runs the nodes. Leave it out.",
          },
        ],
  );
}
