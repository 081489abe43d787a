/** Text that is HTML already. Only the template below makes it, so nothing else reaches a page unescaped. */
export class Html {
  readonly #markup: string;

  constructor(strings: TemplateStringsArray, values: readonly HtmlValue[]) {
    this.#markup = strings.map((string, i) => string + (i < values.length ? toMarkup(values[i]) : '')).join('');
  }

  toString(): string {
    return this.#markup;
  }
}

export type HtmlValue = string | number | null | undefined | Html | readonly HtmlValue[];

/** HTML with every inserted string escaped; null and undefined insert nothing, a list inserts its items. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings, values);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function toMarkup(value: HtmlValue): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(toMarkup).join('');
  return plainLine(String(value)).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/**
 * One line of harmless text: line breaks and other control characters become a space, characters that turn the
 * direction of writing are dropped, and half of a surrogate pair is replaced.
 */
export function plainLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '');
}
