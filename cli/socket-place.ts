import { existsSync, lstatSync, mkdirSync, rmSync, rmdirSync } from "node:fs";
import path from "node:path";
import { excessOf } from "../foundation/cluster-sockets";
import { isListenedOn } from "../transport/listened-socket";

/** Looks whether a socket can be there, and removes one that nobody listens on. */
export async function makeRoom(place: string, isOurs: boolean): Promise<void> {
  const another = "Name another path: --socket PATH";
  const excess = excessOf(place);
  if (excess > 0)
    throw new Error(`The path ${place} is ${excess} bytes longer than a socket's may be. ${another}`);
  const folder = path.dirname(place);
  if (isOurs) mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(folder)) throw new Error(`There is no folder ${folder} for the socket. ${another}`);
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw new Error(`${place} is there already, and it is no socket. ${another}`);
  if (await isListenedOn(place))
    throw new Error(
      `Another process listens on ${place}, maybe a proxy of this cluster. End it, or name another path: --socket PATH`,
    );
  rmSync(place);
}

/** What the socket was in, where nothing else is in it. */
export function removeFolders(place: string): void {
  const folder = path.dirname(place);
  for (const empty of [folder, path.dirname(folder)]) {
    try {
      rmdirSync(empty);
    } catch {
      return;
    }
  }
}
