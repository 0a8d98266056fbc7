import { exportLine } from "../tools/setup/environment";
import { setup } from "../tools/setup/setup";

/** Makes this machine ready for `pulumi up` in a project's folder, and prints what a shell has to set for it. */
export async function setUp(project: string): Promise<void> {
  await setup(project);
  const line = exportLine(project);
  if (!line) return;
  console.error("\nFor `pulumi` typed by hand in this folder:");
  // Alone on stdout, so that a shell's `eval` can take it.
  console.log(line);
}
