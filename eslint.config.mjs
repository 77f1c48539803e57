import tseslint from "typescript-eslint";

/**
 * Which rooms of the house a room may import. Imports run downwards only;
 * a room that is not listed for another is out of its reach.
 * @type {Record<string, string[]>}
 */
const ground = ["protocol", "host", "volumes", "catalog"];
const reach = {
  protocol: [],
  host: ["protocol"],
  volumes: ["protocol", "host"],
  catalog: ["protocol", "host"],
  blobstore: ["protocol", "host"],
  repository: [...ground, "blobstore"],
  sync: [...ground, "blobstore", "repository"],
  timeline: [...ground, "sync"],
  projects: [...ground, "sync", "timeline"],
  server: [...ground, "sync", "timeline", "projects"],
  setup: ["protocol", "host", "volumes"],
  cli: ["protocol", "setup"],
  // A program of its own, which nobody imports: root's.
  helper: ["protocol", "host", "volumes"],
};
const agentRooms = Object.keys(reach);

/** @param {string[]} patterns @param {string} message */
const forbid = (patterns, message) => ({
  "no-restricted-imports": ["error", { patterns: [{ group: patterns, message }] }],
});

const rooms = Object.entries(reach).map(([room, allowed]) => ({
  files: [`agent/${room}/**/*.ts`],
  rules: forbid(
    [
      ...agentRooms
        .filter((other) => other !== room && !allowed.includes(other))
        .map((other) => `**/${other}/**`),
      "**/extension/**",
      "**/webview/**",
      "**/agent/main.ts",
      // Its folders have the names of rooms.
      "!@modelcontextprotocol/sdk/**",
    ],
    `agent/${room} may import only: ${allowed.join(", ") || "nothing of ours"}.`,
  ),
}));

const windows = ["extension", "webview"].map((side) => ({
  files: [`${side}/**/*.ts`],
  rules: forbid(
    agentRooms.filter((room) => room !== "protocol").map((room) => `**/agent/${room}/**`),
    `${side}/ knows the agent by agent/protocol alone.`,
  ),
}));

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "test-output/", "sample/", "**/fixtures/"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./webview/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ["**/*.mjs"],
    ...tseslint.configs.disableTypeChecked,
  },
  {
    files: ["agent/**/*.ts"],
    ignores: ["agent/host/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: "Take the time from the injected Clock.",
        },
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "Take the time from the injected Clock.",
        },
      ],
    },
  },
  ...rooms,
  ...windows,
);
