"use strict";
// @pulumi/pulumi walks a program's dependencies with @npmcli/arborist when it makes a cloud function out of a function of
// the program. Nothing here does that, and a hundred packages come with it: `overrides` of package.json puts this in its
// place. A package that is installed somewhere else brings its own.
class Arborist {
  constructor() {
    throw new Error(
      "A function is to be turned into a cloud function, for which @npmcli/arborist is left out of this checkout. " +
        "Take it out of `overrides` and `devDependencies` in package.json, and run: npm install",
    );
  }
}

module.exports = { Arborist };
