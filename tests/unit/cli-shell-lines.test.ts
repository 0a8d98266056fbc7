import { spawnSync } from "node:child_process";
import { shellLines, usersShell } from "../../cli/shell-lines";

const VARIABLES = { DOCKER_HOST: "unix:///home/o'brien/x.sock", GONE: undefined };

test("a shell that runs the lines has the values, and lacks what shall be none", () => {
  const script = `${shellLines("sh", VARIABLES, "env")}\nprintf '%s|%s' "$DOCKER_HOST" "\${GONE-none}"`;
  const { stdout } = spawnSync("sh", ["-c", script], {
    encoding: "utf8",
    env: { ...process.env, GONE: "x" },
  });
  expect(stdout).toBe(`${VARIABLES.DOCKER_HOST}|none`);
});

test("every shell has its own language, and is told how to run it", () => {
  expect(shellLines("sh", VARIABLES, "npx x env")).toBe(
    "export DOCKER_HOST='unix:///home/o'\\''brien/x.sock'\nunset GONE\n" +
      '# These lines are for your shell: eval "$(npx x env)"',
  );
  expect(shellLines("fish", VARIABLES, "npx x env")).toBe(
    "set -gx DOCKER_HOST 'unix:///home/o\\'brien/x.sock'\nset -e GONE\n" +
      "# These lines are for your shell: npx x env | source",
  );
  expect(shellLines("powershell", VARIABLES)).toBe(
    "$Env:DOCKER_HOST = 'unix:///home/o''brien/x.sock'\nRemove-Item Env:GONE -ErrorAction SilentlyContinue",
  );
});

test.each([
  [{ SHELL: "/usr/bin/fish" }, "fish"],
  [{ SHELL: "/bin/zsh", PSModulePath: "x" }, "sh"],
  [{ PSModulePath: "x" }, "powershell"],
  [{}, "sh"],
] as const)("the shell of %j is %s", (env, shell) => {
  expect(usersShell(env)).toBe(shell);
});
