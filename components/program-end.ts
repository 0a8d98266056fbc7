import * as pulumi from "../resources/pulumi";

/** Pulumi's own runner, as the first argument of Node: it, and nobody else, ends when nothing is left to do. */
const RUNNER = /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run([\\/](index(\.js)?)?)?$/;

/** Milliseconds that a program is waited for which something of its own keeps open. */
const PATIENCE_MS = 30_000;

/** What is asked of the process. */
export interface ProgramProcess {
  argv: readonly string[];
  once(event: "beforeExit", listener: () => void): unknown;
}

/** Whether the process is one program, run by Pulumi: no test, no plugin, no program inside of another one. */
export function isRunByPulumi({ argv }: ProgramProcess): boolean {
  return RUNNER.test(argv[1] ?? "");
}

/**
 * Resolves when the program has run to its end, whatever it awaited on the way: nothing is left in the event loop then, as
 * promises alone keep nothing there. A program that awaits an output of what waits for this end comes to the same point, and
 * goes on. Pulumi's runner knows by the same event when to end; its own look comes one turn later.
 *
 * Only once in a process: at the second time Pulumi is told that the program is done.
 *
 * A server, a child process or a timer that the program ends only when its resources are made would keep it there for good:
 * so it is waited for no longer than half a minute, and then `givenUp` is called. Our own looks end by themselves
 * (`isLooking`), and take their time.
 */
export function programEnd(
  runner: ProgramProcess,
  isLooking: () => boolean,
  givenUp: () => void,
): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => {
      if (isLooking()) return void patience.refresh();
      void pulumi.log.info(
        `Something keeps this program open for more than ${PATIENCE_MS / 1000} s. What it has declared so far is created now; ` +
          "problems of what it declares later are reported then.",
      );
      givenUp();
      resolve();
    }, PATIENCE_MS);
    patience.unref();
    runner.once("beforeExit", () => {
      clearTimeout(patience);
      resolve();
    });
  });
}
