import { type ImportRule, ruleOf } from './import-rules.ts';
import { importsOf, runtimeImportsOf, type SourceTree } from './source-tree.ts';

/** Every import that its file's rule does not allow, as sentences; also files that belong nowhere or are not there. */
export function importViolations(tree: SourceTree, rules: readonly ImportRule[]): readonly string[] {
  return [...tree].flatMap(([path, source]) => {
    const rule = ruleOf(path, rules);
    if (rule === undefined) return [`${path} belongs to no room`];
    return importsOf(path, source).flatMap((target) => {
      if (isInTree(target) && !tree.has(target)) return [`${path} imports ${target}, which is not there`];
      if (rule.may.some((pattern) => pattern.test(target))) return [];
      return [`${path} imports ${target}: ${rule.room} may not (${rule.advice})`];
    });
  });
}

/** Relative specifiers were made paths; names of packages have no folder of ours in front. */
function isInTree(target: string): boolean {
  return /^(models|functions|data|local|cdk|bench|test)\//.test(target);
}

/** Files whose imports lead back to themselves; types may go round in circles, values may not. */
export function importCircles(tree: SourceTree): readonly string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) circles.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const target of runtimeImportsOf(path, tree.get(path) ?? ''))
      if (tree.has(target)) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of tree.keys()) walk(path, []);
  return circles;
}

/** Files that hand on what another file has, instead of having something themselves. */
export function barrels(tree: SourceTree): readonly string[] {
  return [...tree]
    .filter(([path, source]) => /\bindex\.ts$/.test(path) || /^export \* from/m.test(source))
    .map(([path]) => path);
}
