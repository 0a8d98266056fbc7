"use strict";

// Types are checked by `npm run typecheck`; the tests themselves are only translated.
const typescript = ["ts-jest", { tsconfig: "tsconfig.json", isolatedModules: true, diagnostics: false }];

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
  projects: [project("unit"), project("provider"), project("language-host"), project("e2e")],
};
