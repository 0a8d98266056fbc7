import path from "node:path";
import { closeConnections } from "../engine/connect";
import { gather } from "./adopt/gather";
import { comment } from "./adopt/literal";
import { programOf, type AdoptingProgram } from "./adopt/program";
import { targetOf, type TargetOptions } from "./adopt/target";
import { refuseOverwriting, writeFiles } from "./project-files";
import { cancellable, step } from "./steps";

export interface AdoptOptions extends TargetOptions {
  /** Name of the cluster in the program. */
  name: string;
  /** File to write the program into, the compose files beside it. @default all is printed */
  out?: string;
}

/** Prints, or writes, the program that takes over a swarm. The swarm is only read. */
export async function adopt({ name, out, ...where }: AdoptOptions): Promise<void> {
  try {
    await cancellable(async (signal) => {
      const found = await step(
        "Swarm",
        async () => gather(await targetOf(where, signal), signal),
        ({ swarm, nodes, services }) => `${swarm.ID}: ${nodes.length} nodes, ${services.length} services`,
      );
      const program = programOf(name, found);
      if (out === undefined) console.log(printed(program));
      else write(out, program);
    });
  } finally {
    closeConnections();
  }
}

/** One text that compiles: the compose files follow as comments. */
function printed({ text, composeFiles }: AdoptingProgram): string {
  const files = [...composeFiles].map(
    ([name, content]) =>
      `\n${comment(`${name}, to be saved beside this file (or use --out):\n\n${content}`)}\n`,
  );
  return text + files.join("");
}

function write(out: string, { text, composeFiles, steps }: AdoptingProgram): void {
  const [folder, name] = [path.resolve(path.dirname(out)), path.basename(out)];
  const files = new Map([[name, text], ...composeFiles].map(([file, content]) => [file, { text: content }]));
  refuseOverwriting(folder, [...files.keys()], "Give --out another folder.");
  console.error(`Written in ${folder}: ${writeFiles(folder, files).join(", ")}`);
  console.error(`\nNext:\n${steps.map((line) => `    ${line}`).join("\n")}`);
}
