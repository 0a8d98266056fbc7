import { toolsEnvironment } from "../tools/setup/environment";
import { reportFailure } from "../tools/setup/failure";
import { swarmProgram } from "./arguments";
import { backUp } from "./backup";
import { runDocker } from "./docker";
import { runDoctor } from "./doctor";
import { showPreflight } from "./preflight";
import { recover } from "./recover";
import { restore } from "./restore";
import { showStatus } from "./status";
import { runUnlock } from "./unlock";

/** `npm run swarm -- COMMAND`: looks at and works on the cluster of a Pulumi stack. */
const program = swarmProgram({
  status: (options) => showStatus(inTools(options)),
  doctor: async (options) => exitWith(await runDoctor(inTools(options))),
  preflight: async (options) => exitWith(await showPreflight(inTools(options))),
  unlock: ({ stack }) => runUnlock(stack, toolsEnvironment()),
  docker: async ({ args, stack }) => exitWith(await runDocker(args, stack, toolsEnvironment())),
  backup: (options) => backUp(inTools(options)),
  restore: (options) => restore(inTools(options)),
  recover: (options) => recover(inTools(options)),
});

function inTools<T>(options: T): T & { env: NodeJS.ProcessEnv } {
  return { ...options, env: toolsEnvironment() };
}

function exitWith(code: number): void {
  process.exitCode = code;
}

program.parseAsync().catch(reportFailure);
