#!/usr/bin/env node
import { projectAround } from "../foundation/command-lines";
import { toolsEnvironment } from "../tools/setup/environment";
import { reportFailure } from "../tools/setup/report-failure";
import type { PulumiRun } from "../tools/setup/pulumi-run";
import { swarmProgram } from "./arguments";
import { adopt } from "./adopt";
import { backUp } from "./backup";
import { runDocker } from "./docker";
import { runDoctor } from "./doctor";
import { execInTask } from "./exec";
import { showLogs } from "./logs";
import { showEnv, showUnset } from "./env";
import { showPreflight } from "./preflight";
import { runProxy } from "./proxy";
import { showTasks } from "./ps";
import { runRebalance } from "./rebalance";
import { recover } from "./recover";
import { restore } from "./restore";
import { newProject } from "./new";
import { setUp } from "./setup";
import { showStatus } from "./status";
import { runUnlock } from "./unlock";
import { showVolumes } from "./volumes";
import { backUpVolume } from "./volume-backup";
import { restoreVolume } from "./volume-restore";

/** `pulumi-swarm COMMAND`: looks at and works on a cluster of the Pulumi project that it is called in. */
const program = swarmProgram({
  status: (options) => showStatus(inProject(options)),
  doctor: async (options) => exitWith(await runDoctor(inProject(options))),
  preflight: async (options) => exitWith(await showPreflight(inProject(options))),
  ps: (options) => showTasks(inProject(options)),
  logs: async (options) => exitWith(await showLogs(inProject(options))),
  exec: async (options) => exitWith(await execInTask(inProject(options))),
  rebalance: (options) => runRebalance(inProject(options)),
  unlock: (options) => runUnlock(inProject(options)),
  docker: async ({ args, ...options }) => exitWith(await runDocker(args, inProject(options))),
  env: async ({ unset, ...options }) => (unset ? showUnset(options) : showEnv(inProject(options))),
  proxy: (options) => runProxy(inProject(options)),
  backup: (options) => backUp(inProject(options)),
  restore: (options) => restore(inProject(options)),
  recover: (options) => recover(inProject(options)),
  volumes: async (options) => exitWith(await showVolumes(inProject(options))),
  backUpVolume: (options) => backUpVolume(inProject(options)),
  restoreVolume: (options) => restoreVolume(inProject(options)),
  newProject,
  adopt,
  setup: () => setUp(projectAround(process.cwd()) ?? process.cwd()),
});

function inProject<T>(options: T): T & PulumiRun {
  const cwd = projectAround(process.cwd());
  if (cwd === undefined) {
    throw new Error(
      `There is no Pulumi.yaml in ${process.cwd()} or above it. Run this in the folder of your Pulumi program.`,
    );
  }
  return { ...options, cwd, env: toolsEnvironment(cwd) };
}

function exitWith(code: number): void {
  process.exitCode = code;
}

program.parseAsync().catch(reportFailure);
