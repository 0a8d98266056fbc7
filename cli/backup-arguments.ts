import { parseArgs, type ParseArgsConfig } from "node:util";

const COMMON = { yes: { type: "boolean" }, "passphrase-file": { type: "string" } } as const;

/** `backup FILE [--yes] [--force] [--passphrase-file FILE]` */
export function backupArguments(args: string[]) {
  const { values, positionals } = read({ args, options: { ...COMMON, force: { type: "boolean" } } });
  const { yes, force } = values;
  return { file: onlyFile("backup", positionals), yes, force, passphraseFile: values["passphrase-file"] };
}

/** `restore FILE [--yes] [--adopt] [--passphrase-file FILE]` */
export function restoreArguments(args: string[]) {
  const { values, positionals } = read({ args, options: { ...COMMON, adopt: { type: "boolean" } } });
  const { yes, adopt } = values;
  return { file: onlyFile("restore", positionals), yes, adopt, passphraseFile: values["passphrase-file"] };
}

/** `recover [--yes]` */
export function recoverArguments(args: string[]): { yes?: boolean } {
  return parseArgs({ args, options: { yes: COMMON.yes } }).values;
}

function read<T extends ParseArgsConfig>(config: T) {
  return parseArgs({ ...config, allowPositionals: true } as T & { allowPositionals: true });
}

function onlyFile(command: string, files: string[]): string {
  if (files.length === 1) return files[0];
  throw new Error(
    `\`${command}\` needs the name of one file, not ${files.length}: npm run swarm -- ${command} swarm.backup`,
  );
}
