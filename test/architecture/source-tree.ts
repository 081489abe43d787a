import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A tree of sources by path from its root, `/` between folders. */
export type SourceTree = ReadonlyMap<string, string>;

/** Every TypeScript file below these folders. */
export function readSources(folders: readonly string[], root: string = REPOSITORY): SourceTree {
  const sources = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      const absolute = join(entry.parentPath, entry.name);
      sources.set(absolute.slice(root.length + 1), readFileSync(absolute, 'utf8'));
    }
  }
  return new Map([...sources].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

// Imports and re-exports of values and of types, dynamic imports, and files that are started as workers.
const SPECIFIERS = [
  /^[ \t]*(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^[ \t]*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  /\bnew URL\(\s*['"](\.[^'"]+\.ts)['"]\s*,\s*import\.meta\.url\s*\)/g,
];

/** An import or a re-export of types alone is gone when the code runs. */
const TYPES_ONLY = /^[ \t]*(?:import|export)\s+type\b[^;'"]*?\bfrom\s*['"][^'"]+['"]/gm;

/** What a file needs when it runs, without what it only needs to be checked. */
export function runtimeImportsOf(path: string, source: string): readonly string[] {
  return importsOf(path, source.replace(TYPES_ONLY, ''));
}

/** What a file names: a path from the root for relative specifiers, else the name of a package or built-in module. */
export function importsOf(path: string, source: string): readonly string[] {
  const specifiers = SPECIFIERS.flatMap((pattern) => [...source.matchAll(pattern)].map((match) => match[1]!));
  return [...new Set(specifiers)].map((specifier) =>
    specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier,
  );
}

/** The source without its comments, so that words in them are not taken for code; line numbers stay. */
export function withoutComments(source: string): string {
  return source
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|\s)\/\/.*$/gm, '$1');
}
