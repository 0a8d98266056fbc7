"use strict";

// Types are checked by `npm run typecheck`; here the sources are only translated, with the one option of tsconfig.json
// that changes what they do.
const tsconfig = {
  target: "es2022",
  module: "commonjs",
  esModuleInterop: true,
  useDefineForClassFields: false,
  isolatedModules: true,
};
const typescript = ["ts-jest", { tsconfig, diagnostics: false }];

// `npm run test:all` sets it: then the long tests run as well, and every case of those that `npm test` takes some of.
const all = process.env.TEST_ALL === "1";

// What fails there keeps the engines' logs.
const withEngines = ["e2e", "chaos", "storm", "upgrade"];

/** One project per kind of test. */
const project = (name) => ({
  displayName: name,
  rootDir: __dirname,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testPathIgnorePatterns: ["/node_modules/", ...(all ? [] : ["\\.long\\.test\\.ts$"])],
  testEnvironment: withEngines.includes(name)
    ? "<rootDir>/tests/e2e/harness/evidence-environment.ts"
    : "node",
  transform: { "^.+\\.ts$": typescript },
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/templates/"],
});

module.exports = {
  projects: [
    project("unit"),
    project("provider"),
    project("language-host"),
    project("e2e"),
    project("chaos"),
    project("storm"),
    project("upgrade"),
    project("vm"),
  ],
};
