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

/** One project per kind of test. */
const project = (name) => ({
  displayName: name,
  rootDir: __dirname,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: "node",
  transform: { "^.+\\.ts$": typescript },
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
});

module.exports = {
  projects: [
    project("unit"),
    project("provider"),
    project("language-host"),
    project("e2e"),
    project("chaos"),
    project("upgrade"),
    project("vm"),
  ],
};
