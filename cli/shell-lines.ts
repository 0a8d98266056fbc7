import path from "node:path";

export const SHELLS = ["sh", "fish", "powershell"] as const;
export type Shell = (typeof SHELLS)[number];

/** Variable → value; `undefined` for one that shall be none. */
export type Variables = Record<string, string | undefined>;

interface Language {
  set: (name: string, value: string) => string;
  unset: (name: string) => string;
  /** How the lines that a command prints are run. */
  run: (command: string) => string;
}

const LANGUAGES: Record<Shell, Language> = {
  sh: {
    set: (name, value) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`,
    unset: (name) => `unset ${name}`,
    run: (command) => `eval "$(${command})"`,
  },
  fish: {
    set: (name, value) => `set -gx ${name} '${value.replace(/[\\']/g, "\\$&")}'`,
    unset: (name) => `set -e ${name}`,
    run: (command) => `${command} | source`,
  },
  powershell: {
    set: (name, value) => `$Env:${name} = '${value.replaceAll("'", "''")}'`,
    unset: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
    run: (command) => `${command} | Out-String | Invoke-Expression`,
  },
};

/**
 * The lines that set variables in a shell.
 *
 * @param command - that prints them, for a line that says how they get there. @default no such line
 */
export function shellLines(shell: Shell, variables: Variables, command?: string): string {
  const { set, unset, run } = LANGUAGES[shell];
  const lines = Object.entries(variables).map(([name, value]) =>
    value === undefined ? unset(name) : set(name, value),
  );
  if (command) lines.push(`# These lines are for your shell: ${run(command)}`);
  return lines.join("\n");
}

/** The shell that the user is in, as far as the environment tells. */
export function usersShell({ SHELL, PSModulePath }: NodeJS.ProcessEnv): Shell {
  if (path.basename(SHELL ?? "") === "fish") return "fish";
  return SHELL === undefined && PSModulePath !== undefined ? "powershell" : "sh";
}
