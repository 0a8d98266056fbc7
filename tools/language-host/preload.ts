/** Ends the program when the channel to its host closes, as it also does when the host is killed with SIGKILL. */
const END_WITH_HOST = `process.on("disconnect", () => process.exit(1)); process.channel.unref();`;

/**
 * Node 20.20 never returns from `util.inspect(error, { colors: true })` when a line of the stack ends in
 * `node_modules/@scope/file`: its markNodeModules looks for a second "/" and starts over. The SDK prints a program's
 * error that way, and its source maps name such paths (`@pulumi/resource.ts`), so every error would hang the program.
 * https://github.com/nodejs/node/issues/64011
 */
const MEND_STACK_PATHS = `
  let prepare;
  Object.defineProperty(Error, "prepareStackTrace", {
    configurable: true,
    get: () => prepare,
    set: (given) => {
      prepare = typeof given !== "function" ? given : (error, frames) => {
        const stack = given(error, frames);
        if (typeof stack !== "string") return stack;
        return stack.replace(/(node_modules[/\\\\]@pulumi)([/\\\\])(?=[^/\\\\\\n]*$)/gm, "$1$2pulumi$2");
      };
    },
  });`;

/** What every Node.js child is started with. One argument, as the SDK looks for a lone `--import`. */
export const PRELOAD = `--import=data:text/javascript,${encodeURIComponent(END_WITH_HOST + MEND_STACK_PATHS)}`;
