import { commandPackageProblems } from "../../components/after-join";

/** Version of the package that is installed; none where it is not. */
let version: string | undefined;
jest.mock("@pulumi/command/package.json", () => ({
  get version() {
    if (version === undefined) throw new Error("Cannot find module");
    return version;
  },
}));

const COMMANDS = [{ name: "mount", create: "true" }];
const REMEDY = "Install it: npm install @pulumi/command@1.2.1";

test.each(["1.1.0", "1.2.1", "v1.10.0"])("commands run with %s", (installed) => {
  version = installed;
  expect(commandPackageProblems(COMMANDS)).toEqual([]);
});

// They take a connection with a host key, and connect to whoever answers.
test.each(["1.0.5", "0.11.1", "v4.5.0"])("%s checks no host keys, and is refused", (installed) => {
  version = installed;
  const text = `commands after the join run with @pulumi/command ^1.1.0, and ${installed} is installed: earlier versions and 4.x check no host keys. ${REMEDY}`;
  expect(commandPackageProblems(COMMANDS)).toEqual([{ where: "afterJoin", text }]);
  expect(commandPackageProblems([])).toEqual([]);
});

test("a package that is not there is named with its range", () => {
  version = undefined;
  const text = `commands after the join run with @pulumi/command ^1.1.0, which is not installed. ${REMEDY}`;
  expect(commandPackageProblems(COMMANDS)).toEqual([{ where: "afterJoin", text }]);
});
