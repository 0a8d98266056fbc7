import { execFileSync } from "node:child_process";
import { shellCommand } from "../../transport/shell-quote";

const ODD = [
  "",
  " ",
  "a b",
  "it's",
  "''",
  '"',
  "$HOME",
  "`id`",
  "$(id)",
  "\\",
  "\\'",
  "a\nb",
  "*",
  "~",
  "; id",
  "&& id",
  "#",
  "!x",
  "-n",
  "ä€😀",
  "\t",
];

test("a shell gives back every odd word as it was", () => {
  const program = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";
  const line = shellCommand([process.execPath, "-e", program, "--", ...ODD]);
  const seen = JSON.parse(execFileSync("/bin/sh", ["-c", line]).toString());
  expect(seen).toEqual(ODD);
});

test("a first word that looks like an assignment is a command, not an assignment", () => {
  expect(() => execFileSync("/bin/sh", ["-c", shellCommand(["A=1", "true"])], { stdio: "pipe" })).toThrow(
    /A=1.*not found/,
  );
});

test("what no shell can carry is refused", () => {
  expect(() => shellCommand([])).toThrow(/empty command/i);
  expect(() => shellCommand(["cat", "a\0b"])).toThrow(/NUL/);
});
