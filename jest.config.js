"use strict";

const jsc = {
  target: "es2022",
  parser: { syntax: "typescript" },
  // As in tsconfig.json, and for the same reason.
  transform: { useDefineForClassFields: false },
};

/** One project per kind of test. */
const project = (name) => ({
  displayName: name,
  rootDir: __dirname,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: "node",
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc }] },
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
});

module.exports = {
  projects: [project("unit"), project("provider"), project("language-host"), project("e2e")],
};
