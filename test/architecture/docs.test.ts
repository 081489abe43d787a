import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from './source-tree.ts';

const PAGES = globSync(['*.md', 'docs/**/*.md'], { cwd: REPOSITORY }).toSorted();

/** Links to files of ours, without their anchors. */
function brokenLinks(page: string, text: string): readonly string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!.replace(/#.*$/, ''));
  return targets.filter(
    (target) => target !== '' && !/^[a-z]+:/.test(target) && !existsSync(join(REPOSITORY, dirname(page), target)),
  );
}

describe('pages', () => {
  it.each(PAGES)('%s links to nothing that is not there', (page) => {
    expect(brokenLinks(page, readFileSync(join(REPOSITORY, page), 'utf8'))).toEqual([]);
  });

  it('of decisions are numbered without a gap, and listed in the architecture', () => {
    const decisions = PAGES.filter((page) => page.startsWith('docs/decisions/'));
    const architecture = readFileSync(join(REPOSITORY, 'docs/architecture.md'), 'utf8');

    expect(decisions.map((page) => Number(page.slice('docs/decisions/'.length).slice(0, 4)))).toEqual(
      decisions.map((_page, i) => i + 1),
    );
    for (const page of decisions) expect(architecture).toContain(page.slice('docs/'.length));
  });
});

describe('the checker', () => {
  it('finds a link that leads nowhere, and lets addresses and anchors pass', () => {
    const text = '[a](nowhere.md) [b](https://example.com) [c](#here) [d](../package.json#scripts)';

    expect(brokenLinks('docs/page.md', text)).toEqual(['nowhere.md']);
  });
});
