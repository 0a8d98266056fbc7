import path from "node:path";
import { closeConnections } from "../docker/connect";
import { gather } from "./adopt/gather-swarm";
import { programOf, type AdoptingProgram } from "./adopt/program";
import { targetOf, type TargetOptions } from "./adopt/target";
import { refuseOverwriting, writeFiles } from "./project-files";
import { cancellable, step } from "./steps";
import { Session } from "../foundation/session";

export interface AdoptOptions extends TargetOptions {
  /** Name of the cluster in the program. */
  name: string;
  /** File to write the program into, the compose files beside it. @default it is printed, with them in it */
  out?: string;
}

/** Prints, or writes, the program that takes over a swarm. The swarm is only read. */
export async function adopt({ name, out, ...where }: AdoptOptions): Promise<void> {
  const session = new Session();
  try {
    await cancellable(async (signal) => {
      const found = await step(
        "Swarm",
        async () => gather(await targetOf(where, { signal, session }), { signal, session }),
        ({ swarm, nodes, services }) => `${swarm.ID}: ${nodes.length} nodes, ${services.length} services`,
      );
      if (out === undefined) process.stdout.write(programOf(name, found, true).text);
      else write(out, programOf(name, found, false));
    });
  } finally {
    closeConnections({ session });
  }
}

function write(out: string, { text, composeFiles, steps }: AdoptingProgram): void {
  const [folder, name] = [path.resolve(path.dirname(out)), path.basename(out)];
  const files = new Map([[name, text], ...composeFiles].map(([file, content]) => [file, { text: content }]));
  refuseOverwriting(folder, [...files.keys()], "Give --out another folder.");
  console.error(`Written in ${folder}: ${writeFiles(folder, files).join(", ")}`);
  console.error(`\nNext:\n${steps.map((line) => `    ${line}`).join("\n")}`);
}
