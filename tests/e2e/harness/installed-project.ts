import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../../tools/setup/paths";
import { expectSuccess, run, type Ended } from "./run";

/** `npm pack` of this checkout. */
export interface Tarball {
  file: string;
  /** Bytes, packed. */
  size: number;
  files: { path: string; mode: number }[];
}

/** What is compiled here already is packed: other tests run from `dist` meanwhile. */
export async function packed(folder: string): Promise<Tarball> {
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const { stdout } = expectSuccess(await run("npm", args, { cwd: projectRoot }));
  const [{ filename, ...tarball }] = JSON.parse(stdout) as (Omit<Tarball, "file"> & { filename: string })[];
  return { ...tarball, file: path.join(folder, filename) };
}

/** tsconfig.json and package.json as `pulumi new typescript` makes them. */
export const TEMPLATE = {
  compilerOptions: {
    strict: true,
    outDir: "bin",
    target: "es2020",
    module: "commonjs",
    moduleResolution: "node",
    sourceMap: true,
    experimentalDecorators: true,
    pretty: false,
    noFallthroughCasesInSwitch: true,
    noImplicitReturns: true,
    forceConsistentCasingInFileNames: true,
  },
  package: {
    main: "index.ts",
    devDependencies: { "@types/node": "^18", typescript: "^5.0.0" },
    dependencies: { "@pulumi/pulumi": "^3.113.0" },
  },
};
const PLUGINS = "plugins:\n  providers:\n    - name: swarm\n      path: node_modules/pulumi-swarm/provider\n";
/** Its name is that of this project, so that the tests' workspaces can run it. */
const PULUMI_YAML = `name: pulumi-swarm\nruntime: nodejs\n`;

const INSTALL = {
  npm: ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline"],
  pnpm: ["npx", "--yes", "pnpm@10", "add", "--prefer-offline"],
};

/** A project of somebody who has this package from a tarball and nothing of this checkout. */
export class InstalledProject {
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    this.write("Pulumi.yaml", PULUMI_YAML + PLUGINS);
    this.write("package.json", JSON.stringify(TEMPLATE.package));
    this.configure({});
  }

  write(name: string, text: string): void {
    writeFileSync(path.join(this.folder, name), text);
  }

  read(name: string): string {
    return readFileSync(path.join(this.folder, name), "utf8");
  }

  /** tsconfig.json: the template's, with other options. */
  configure(options: Record<string, unknown>): void {
    const compilerOptions = { ...TEMPLATE.compilerOptions, ...options };
    this.write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["index.ts"] }));
  }

  /** Takes the provider out of Pulumi.yaml. */
  forgetProvider(): void {
    this.write("Pulumi.yaml", PULUMI_YAML);
  }

  /** @param sdk - version of `@pulumi/pulumi`. Default: the newest that the template's range takes. */
  async install(
    { file }: Tarball,
    { tool = "npm", sdk }: { tool?: "npm" | "pnpm"; sdk?: string } = {},
  ): Promise<void> {
    const [command, ...args] = INSTALL[tool];
    const packages = [file, ...(sdk ? [`@pulumi/pulumi@${sdk}`] : [])];
    expectSuccess(await run(command, [...args, ...packages], { cwd: this.folder }));
  }

  /** The compiler that the project has installed. */
  compile(...options: string[]): Promise<Ended> {
    const tsc = path.join(this.folder, "node_modules", ".bin", "tsc");
    return run(tsc, options, { cwd: this.folder });
  }
}
