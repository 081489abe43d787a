/** How handlers are bundled; the test of their sizes bundles them in the same way. */
export const BUNDLE_TARGET = 'node24';

/** Packages that come in both forms are taken as ES modules: only of those can unused parts be left out. */
export const BUNDLE_MAIN_FIELDS = ['module', 'main'] as const;

/** Some packages are CommonJS: they ask for built-in modules by `require`, or where they lie, which ES modules cannot. */
export const BUNDLE_BANNER =
  "import{createRequire}from'node:module';const require=createRequire(import.meta.url);const __dirname=import.meta.dirname;";
