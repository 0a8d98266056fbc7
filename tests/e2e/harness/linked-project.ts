import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../../tools/setup/paths";
import { expectSuccess, run } from "./run";

const COMPILE = [
  ...["--module", "node16", "--moduleResolution", "node16", "--target", "es2022"],
  ...["--strict", "--skipLibCheck", "--types", "node"],
];

/** A project outside of this checkout that has the checkout in place of the package. Its name is that of this project. */
export class LinkedProject {
  readonly program: readonly string[];

  constructor(readonly folder: string) {
    const modules = path.join(folder, "node_modules");
    mkdirSync(modules, { recursive: true });
    symlinkSync(projectRoot, path.join(modules, "pulumi-swarm"));
    for (const scope of ["@pulumi", "@types"])
      symlinkSync(path.join(projectRoot, "node_modules", scope), path.join(modules, scope));
    writeFileSync(
      path.join(folder, "Pulumi.yaml"),
      "name: pulumi-swarm\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.js\n" +
        "plugins:\n  providers:\n    - { name: swarm, path: node_modules/pulumi-swarm/provider }\n",
    );
    this.program = ["--cwd", folder];
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  /** Compiles index.ts with the checks of a strict project. */
  async compile(): Promise<void> {
    const tsc = path.join(projectRoot, "node_modules", ".bin", "tsc");
    expectSuccess(await run(tsc, [...COMPILE, "index.ts"], { cwd: this.folder }));
  }
}
