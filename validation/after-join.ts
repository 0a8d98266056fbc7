import { keysOf } from "../schema/package-schema";
import { unknownKeys } from "./unknown-keys";
import { checkHostname } from "./node";
import { show, type Problem } from "./problem";

/** A command after the join, as far as it can be judged before it runs. */
export interface Command {
  name: string;
  create: string;
}

/** Commands of a pool or of one node: their names become names of resources. */
export function checkAfterJoin(where: string, commands: readonly Command[]): Problem[] {
  return commands.flatMap((command, index) => {
    const at = `${where}[${index}]`;
    const problems = [
      ...unknownKeys(at, command, keysOf("AfterJoinCommand")),
      ...checkHostname(`${at}.name`, command.name),
    ];
    if (typeof command.create !== "string" || command.create.trim() === "")
      problems.push({
        where: `${at}.create`,
        text: `${show(command.create)} is no shell command. Write what shall run on the node after it joined.`,
      });
    const same = commands.findIndex(({ name }) => name === command.name);
    if (same < index)
      problems.push({
        where: `${at}.name`,
        text: `${show(command.name)} is the name of ${where}[${same}] already. Names must differ.`,
      });
    return problems;
  });
}
