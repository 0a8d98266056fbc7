import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";

export interface PassphraseSource {
  env: NodeJS.ProcessEnv;
  /** A file that holds it; its last line end does not count. */
  file?: string;
}

const VARIABLE = "SWARM_BACKUP_PASSPHRASE";
const SHORTEST = 12;

/** The passphrase for a new backup: long enough, and asked for twice where it is typed. */
export async function newPassphrase(source: PassphraseSource): Promise<string> {
  const given = givenPassphrase(source);
  const passphrase = given ?? (await ask("Passphrase of the backup: "));
  if (passphrase.length < SHORTEST) {
    throw new Error(
      `The passphrase has ${passphrase.length} characters. It protects every secret of the swarm: use at least ${SHORTEST}.`,
    );
  }
  if (given === undefined && (await ask("Once more: ")) !== passphrase) {
    throw new Error("The two passphrases differ. Nothing was changed. Run the same command again.");
  }
  return passphrase;
}

/** The passphrase of a backup that is there. */
export async function knownPassphrase(source: PassphraseSource): Promise<string> {
  return givenPassphrase(source) ?? (await ask("Passphrase of the backup: "));
}

function givenPassphrase({ env, file }: PassphraseSource): string | undefined {
  if (file !== undefined) return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  return env[VARIABLE];
}

/** Never from the command line, which every process of the machine may read. */
async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new Error(
      `There is no passphrase and no terminal to ask for it. Set ${VARIABLE}, or name a file that holds it: --passphrase-file FILE`,
    );
  }
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: silence, terminal: true });
  process.stderr.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.once("SIGINT", () => reject(new Error("Cancelled. Nothing was changed.")));
      reader.question("", resolve);
    });
  } finally {
    reader.close();
    process.stderr.write("\n");
  }
}
