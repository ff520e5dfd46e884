import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

const nodeGlobals = Object.fromEntries(
  [
    "require",
    "module",
    "process",
    "console",
    "Buffer",
    "__dirname",
    "setTimeout",
    "clearTimeout",
    "fetch",
    "AbortSignal",
    "URL",
  ].map((name) => [name, "readonly"]),
);

export default tseslint.config(
  { ignores: ["**/dist/", "**/node_modules/", ".local/"] },
  eslint.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      // Names may hold any character, U+0000 among them, and regular expressions here look for it.
      "no-control-regex": "off",
    },
  },
  {
    files: ["scripts/**/*.js", "test/bench/*.js", "provider/bin/*.js"],
    languageOptions: { globals: nodeGlobals, sourceType: "commonjs" },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
