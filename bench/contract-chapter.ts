/** One promise of the service to those who send, by the name that its tests carry. */
export interface ContractRow {
  readonly row: string;
  readonly what: string;
  /** Why there is nothing to test, where that is so. */
  readonly notApplicable?: string;
}

export interface ContractChapter {
  readonly title: string;
  readonly rows: readonly ContractRow[];
}

type Line = string | readonly [what: string, notApplicable: string];

export function chapter(title: string, letter: string, lines: readonly Line[]): ContractChapter {
  const rows = lines.map((line, i): ContractRow => {
    const row = `${letter}${String(i + 1).padStart(2, '0')}`;
    return typeof line === 'string' ? { row, what: line } : { row, what: line[0], notApplicable: line[1] };
  });
  return { title, rows };
}

export const NO_WEBHOOKS = 'nothing connects to an address that a user of the API gives: there are no webhooks';
