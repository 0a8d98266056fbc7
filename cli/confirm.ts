import { createInterface } from "node:readline";

export interface Confirmation {
  /** What is going to happen, in whole sentences. */
  about: string;
  /** What has to be typed. */
  word: string;
  /** It was confirmed on the command line. */
  yes: boolean;
}

/** Goes on only after an explicit word. Without a terminal only `--yes` is one. */
export async function confirm({ about, word, yes }: Confirmation): Promise<void> {
  console.error(about);
  if (yes) return;
  if (!process.stdin.isTTY) {
    throw new Error(
      "This needs a confirmation, and there is no terminal to ask on. Nothing was changed. Confirm with --yes.",
    );
  }
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await new Promise<string>((resolve) => {
      reader.once("SIGINT", () => resolve(""));
      reader.question(`Type ${word} to go on: `, resolve);
    });
    if (answer.trim() !== word) throw new Error("Not confirmed. Nothing was changed.");
  } finally {
    reader.close();
  }
}
