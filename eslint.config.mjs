import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import house from "./tools/lint/plugin.js";

const nodeScript = Object.fromEntries(
  ["require", "module", "process", "console", "Buffer", "__dirname", "__filename"].map((name) => [
    name,
    "readonly",
  ]),
);

const onlyTransports = {
  selector: "ImportSpecifier[imported.name=/^is(Container|Ssh)Connection$/]",
  message: "Nobody asks which kind of machine it is: let its transport or its platform state what it can.",
};

/** State of a module: a variable that changes, and what is made to be filled. A table that is written out is none. */
const moduleState = [
  "VariableDeclaration[kind='let']",
  "VariableDeclaration > VariableDeclarator > NewExpression[callee.name=/^(Map|Set|WeakMap|WeakSet|Array)$/][arguments.length=0]",
  "VariableDeclaration > VariableDeclarator > NewExpression[callee.name!=/^(Map|Set|RegExp)$/]",
  "VariableDeclaration > VariableDeclarator > ArrayExpression[elements.length=0]",
  "VariableDeclaration > VariableDeclarator > ObjectExpression[properties.length=0]",
].flatMap((selector) =>
  ["Program", "Program > ExportNamedDeclaration"].map((where) => ({
    selector: `${where} > ${selector}`,
    message: "No module has a memory: let it be a slot of the session (foundation/session.ts).",
  })),
);

const engineCall = "CallExpression[callee.property.name=/^(get|head|post|put|delete|open|upgrade)$/]";
const enginePath =
  "/^\\x2F(_ping|build|configs|containers|events|exec|images|info|networks|nodes|secrets|services|swarm|tasks|version|volumes)(\\x2F|$)/";

/** A call of the Docker Engine API by its path, and the request below the client. */
const enginePaths = [
  `${engineCall} > Literal[value=${enginePath}]`,
  `${engineCall} > TemplateLiteral > TemplateElement[value.raw=${enginePath}]`,
  "ImportDeclaration[source.value=/transport.docker-request$/]",
].map((selector) => ({
  selector,
  message:
    "An engine is asked by the typed calls of docker/, or, by the program, of transport/docker-looks.ts.",
}));

export default defineConfig(
  { ignores: ["**/dist/", "**/bin/", ".pulumi-state/", "coverage/", "templates/"] },
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // It calls `reject(error as Error)` unnecessary, which prefer-promise-reject-errors asks for.
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      // Interfaces ask for promises of steps that have nothing to wait for.
      "@typescript-eslint/require-await": "off",
      eqeqeq: "error",
    },
  },
  {
    // Loaded when first used, so that an update of one kind of resource does not pay for the others.
    files: [
      "schema/package-schema.ts",
      "provider/rpc/registry.ts",
      "provider/rpc/main.ts",
      "docker/connect.ts",
      "validation/compose-schema.ts",
      "testing/keeper-main.ts",
    ],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: ["components/**/*.ts", "platforms/**/*.ts", "program/**/*.ts", "resources/**/*.ts", "index.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "@pulumi/pulumi", message: "resources/pulumi.ts has it, and starts 0.6 s sooner." },
          ],
        },
      ],
    },
  },
  {
    files: ["**/*.ts"],
    ignores: ["tests/**", "examples/**"],
    plugins: { house },
    rules: { "house/layers": "error", "house/no-circle": "error" },
  },
  {
    // Platforms and transports state what they can: `Machine`, `MachineTraits`. Here a connection becomes a transport.
    files: ["{components,foundation,platforms,resources,schema,validation}/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", ...enginePaths, ...moduleState] },
  },
  {
    files: ["{cli,hosts,machines,provider,swarm}/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", onlyTransports, ...enginePaths, ...moduleState] },
  },
  {
    files: ["{bench,program,tools}/**/*.ts", "index.ts"],
    rules: { "no-restricted-syntax": ["error", ...enginePaths] },
  },
  {
    files: ["docker/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", onlyTransports, ...moduleState] },
  },
  {
    files: ["transport/**/*.ts", "docker/connect.ts", "docker/controls.ts"],
    rules: { "no-restricted-syntax": ["error", ...moduleState] },
  },
  {
    // Matchers such as expect.any() are `any`, and mocks are methods without `this`.
    files: ["tests/**/*.ts", "**/*.test.ts"],
    rules: {
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
  { files: ["**/*.js"], languageOptions: { sourceType: "commonjs", globals: nodeScript } },
);
