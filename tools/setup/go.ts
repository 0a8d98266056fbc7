import * as path from "node:path";
import { command } from "./run-command";
import { findOnPath } from "./executables";
import { SetupError } from "./step";
import { atLeast } from "./versions";

/** Since then an older Go fetches the toolchain that go.mod asks for. */
const FIRST_GO_WITH_TOOLCHAINS = "1.21";

/**
 * The Go that can build a module, from PATH or from where Go's own installer puts it.
 * @param needed - the `go` line of the module's go.mod.
 * @param otherwise - what the reader can do instead of installing Go: "the Pulumi CLI itself".
 */
export async function usableGo(env: NodeJS.ProcessEnv, needed: string, otherwise?: string): Promise<string> {
  const installed = { ...env, PATH: `${env.PATH ?? ""}${path.delimiter}/usr/local/go/bin` };
  const go = findOnPath("go", installed);
  const remedy = `install Go ${needed} or newer${otherwise ? `, or ${otherwise},` : ""} and repeat.`;
  if (!go) throw new SetupError("building it needs Go, and there is no `go` on PATH.", remedy);
  const [version, toolchain] = (await command(go, ["env", "GOVERSION", "GOTOOLCHAIN"], { env }))
    .trim()
    .split("\n");
  const number = version.replace(/^go/, "");
  const fetchesNewer = toolchain !== "local" && atLeast(number, FIRST_GO_WITH_TOOLCHAINS);
  if (!atLeast(number, needed) && !fetchesNewer) {
    throw new SetupError(`building it needs Go ${needed} or newer, and ${go} is ${number}.`, remedy);
  }
  return go;
}
