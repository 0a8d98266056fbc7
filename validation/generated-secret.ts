import type { GeneratedSecretInputs } from "../schema/generated-secret";
import { parseDuration } from "./duration";
import { show, type Problem } from "./problem";

export const DEFAULT_LENGTH = 32;
const LENGTHS = { least: 8, most: 1024 };
const DEFAULT_CHARSET = "alphanumeric";
/** Programs read a secret, so look-alikes do no harm; and no shell, URL, YAML or connection string has to quote one of these. */
const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Those of a decimal number. */
const FEWEST_CHARACTERS = 10;
const LEAST_AGE_MS = 1000;

/** The characters that a charset stands for. */
export function charactersOf(charset: string = DEFAULT_CHARSET): string {
  return charset === DEFAULT_CHARSET ? ALPHANUMERIC : charset;
}

/** Rules for a secret that is made at random. */
export function checkGenerated({ length, charset, rotate, rotateEvery }: GeneratedSecretInputs): Problem[] {
  const problems: Problem[] = [];
  const report = (where: string, text: string) => problems.push({ where, text });
  const { least, most } = LENGTHS;
  if (length !== undefined && !(Number.isInteger(length) && length >= least && length <= most))
    report("length", `${show(length)} is not a whole number from ${least} to ${most}.`);
  const objection = charset === undefined ? undefined : objectionToCharset(charset);
  if (objection) report("charset", objection);
  if (rotate !== undefined && typeof rotate !== "string")
    report(
      "rotate",
      `${show(rotate)} is not a text. Write any text in quotes, such as "1"; a change of it rotates.`,
    );
  if (rotateEvery !== undefined) {
    const age = typeof rotateEvery === "string" ? parseDuration(rotateEvery) : undefined;
    if (age === undefined)
      report("rotateEvery", `${show(rotateEvery)} is not a duration. Write it like "90s", "12h" or "30d".`);
    else if (age < LEAST_AGE_MS) report("rotateEvery", `${show(rotateEvery)} is too short; the least is 1s.`);
  }
  return problems;
}

function objectionToCharset(charset: unknown): string | undefined {
  const otherwise = `Write "${DEFAULT_CHARSET}", or each character once, such as "0123456789abcdef".`;
  if (typeof charset !== "string") return `${show(charset)} is not a text. ${otherwise}`;
  const characters = charactersOf(charset);
  if (characters !== ALPHANUMERIC && charset.toLowerCase() === DEFAULT_CHARSET)
    return `${show(charset)} would be those letters alone. ${otherwise}`;
  if (!/^[\x21-\x7e]*$/.test(characters))
    return `${show(charset)} has something else than printable ASCII characters without the space. ${otherwise}`;
  const twice = [...characters].find((character, at) => characters.indexOf(character) < at);
  if (twice !== undefined)
    return `${show(charset)} has "${twice}" twice, which would come up more often than others. ${otherwise}`;
  if (characters.length < FEWEST_CHARACTERS)
    return `${show(charset)} has ${characters.length} characters; with fewer than ${FEWEST_CHARACTERS} a secret is guessed. ${otherwise}`;
  return undefined;
}
