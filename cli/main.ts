import { stackArguments } from "../tools/setup/arguments";
import { toolsEnvironment } from "../tools/setup/environment";
import { reportFailure } from "../tools/setup/failure";
import { backUp } from "./backup";
import { backupArguments, recoverArguments, restoreArguments } from "./backup-arguments";
import { runDocker } from "./docker";
import { runDoctor } from "./doctor";
import { showPreflight } from "./preflight";
import { recover } from "./recover";
import { restore } from "./restore";
import { showStatus } from "./status";
import { runUnlock } from "./unlock";

const USAGE = `Usage: npm run swarm -- COMMAND

  status [--json]    the live state: nodes, quorum, services, drift
  doctor [--json]    checks the cluster; exit code 1 where a check failed, 0 where all passed or warned
  preflight [--json] who reaches whom, clocks, MTU, identities; exit code 1 where something stands in the way
  unlock             unlocks managers that autolock has locked at their restart
  docker ARGUMENTS   runs a docker command against the cluster: docker node ls
  backup FILE        writes the swarm's whole state into an encrypted file (--force, --yes)
  restore FILE       brings it back on the machines of a fresh cluster (--adopt, --yes)
  recover            makes the best surviving manager the only one, when quorum is lost for good (--yes)

The passphrase of a backup comes from SWARM_BACKUP_PASSPHRASE, --passphrase-file FILE, or the terminal.

Options in front of COMMAND: --stack NAME (default: dev)`;

/** `npm run swarm -- COMMAND`: looks at and works on the cluster of a Pulumi stack. */
async function main(args: string[]): Promise<void> {
  const env = toolsEnvironment();
  const at = args.findIndex(
    (arg, index) => !arg.startsWith("-") && !["--stack", "-s"].includes(args[index - 1]),
  );
  const command = at < 0 ? undefined : args[at];
  // Whatever stands behind `docker` is docker's own, `--stack` of `docker stack` included.
  const { stack, rest } = stackArguments(command === "docker" ? args.slice(0, at) : args);
  if (command === "status") return showStatus({ stack, env, json: rest.includes("--json") });
  if (command === "doctor") {
    process.exitCode = await runDoctor({ stack, env, json: rest.includes("--json") });
    return;
  }
  if (command === "preflight") {
    process.exitCode = await showPreflight({ stack, env, json: rest.includes("--json") });
    return;
  }
  if (command === "unlock") return runUnlock(stack, env);
  if (command === "docker") {
    process.exitCode = await runDocker(args.slice(at + 1), stack, env);
    return;
  }
  const own = rest.slice(rest.indexOf(command ?? "") + 1);
  if (command === "backup") return backUp({ stack, env, ...backupArguments(own) });
  if (command === "restore") return restore({ stack, env, ...restoreArguments(own) });
  if (command === "recover") return recover({ stack, env, ...recoverArguments(own) });
  console.error(command ? `There is no command "${command}".\n\n${USAGE}` : USAGE);
  process.exitCode = command ? 1 : 0;
}

main(process.argv.slice(2)).catch(reportFailure);
