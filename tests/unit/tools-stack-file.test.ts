import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { asBefore, keepStackFile, withoutSalt } from "../../tools/setup/stack-file";

const SALT = "encryptionsalt: v1:abc=:v1:def:ghi==\n";
const WRITTEN = "# ours\nconfig:\n  p:managers: 3\n\n  p:labels: { disk: ssd }\n";
/** As the CLI lays the same settings out. */
const LAID_OUT = '# ours\nconfig:\n  p:managers: "3"\n  p:labels:\n    disk: ssd\n';

test("takes the salt out, wherever it stands", () => {
  expect(withoutSalt(WRITTEN + SALT)).toBe(WRITTEN);
  expect(withoutSalt(SALT + WRITTEN)).toBe(WRITTEN);
  expect(withoutSalt(WRITTEN)).toBe(WRITTEN);
});

test("leaves the salt where an encrypted value needs it", () => {
  const settings = `${SALT}config:\n  p:password:\n    secure: v1:xyz\n`;
  expect(withoutSalt(settings)).toBe(settings);
});

test("keeps the author's text when the settings are the same, else the new settings", () => {
  expect(asBefore(WRITTEN, LAID_OUT + SALT)).toBe(WRITTEN);
  const changed = LAID_OUT.replace('"3"', '"5"');
  expect(asBefore(WRITTEN, changed + SALT)).toBe(changed);
});

test("leaves no file that held nothing but the salt", () => {
  expect(asBefore(undefined, SALT)).toBeUndefined();
  expect(asBefore(undefined, "config:\n  p:a: b\n")).toBe("config:\n  p:a: b\n");
});

describe("around a run of the CLI", () => {
  const project = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-stack-"));
  const file = path.join(project, "Pulumi.dev.yaml");
  afterAll(() => rmSync(project, { recursive: true }));

  test("also cleans what a killed run left, and removes a file that was not there before", () => {
    writeFileSync(file, WRITTEN + SALT);
    const restore = keepStackFile(project, "dev", { HOME: project });
    expect(readFileSync(file, "utf8")).toBe(WRITTEN);
    writeFileSync(file, LAID_OUT + SALT);
    restore();
    expect(readFileSync(file, "utf8")).toBe(WRITTEN);

    const other = path.join(project, "Pulumi.other.yaml");
    const restoreOther = keepStackFile(project, "other", { HOME: project });
    writeFileSync(other, SALT);
    restoreOther();
    expect(existsSync(other)).toBe(false);
  });

  test("does not touch the file of a stack at the user's own backend", () => {
    writeFileSync(file, WRITTEN + SALT);
    keepStackFile(project, "dev", { HOME: project, PULUMI_BACKEND_URL: "s3://states" })();
    expect(readFileSync(file, "utf8")).toBe(WRITTEN + SALT);
  });
});
