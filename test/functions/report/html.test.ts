import { expect, test } from 'vitest';
import { html, plainLine } from '../../../functions/report/html.ts';

test('B02 escapes what is inserted, in text and in attributes', () => {
  const label = `<img src=x onerror="alert('1')">&`;

  expect(html`<p title="${label}">${label}</p>`.toString()).toBe(
    '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</p>',
  );
});

test('inserts its own markup, lists and nothing', () => {
  const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`);

  expect(html`<ul>${items}${null}${undefined}${3}</ul>`.toString()).toBe('<ul><li>a</li><li>&lt;b&gt;</li>3</ul>');
});

test('does not take an object that looks like markup for markup', () => {
  const forged = JSON.parse('["<script>"]') as string[];

  expect(html`${forged}`.toString()).toBe('&lt;script&gt;');
});

test('makes one harmless line of any text', () => {
  expect(plainLine('a\r\nBcc: b\0c\u2028d')).toBe('a Bcc: b c d');
  expect(plainLine('left\u202eright\u2066x\u200f')).toBe('leftrightx');
  expect(plainLine('half \ud83d')).toBe('half \ufffd');
});
