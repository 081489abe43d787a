import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { createRenderPng } from '../../../functions/report/chart-png.ts';

const resolve = createRequire(import.meta.url).resolve;
const files = {
  wasmPath: resolve('@resvg/resvg-wasm/index_bg.wasm'),
  fontPath: resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
};

const svg = (text: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><text x="2" y="14" font-family="DejaVu Sans" font-size="12">${text}</text></svg>`;

test('draws at twice the size, for screens with small pixels', async () => {
  const png = await createRenderPng(files)(svg('limit'));

  const head = new DataView(png.buffer, png.byteOffset, png.byteLength);
  expect(Buffer.from(png.subarray(1, 4)).toString('latin1')).toBe('PNG');
  expect([head.getUint32(16), head.getUint32(20)]).toEqual([120, 40]);
});

test('draws text with the font that it was given: other words give another picture', async () => {
  const renderPng = createRenderPng(files);

  const [limit, empty] = [await renderPng(svg('limit')), await renderPng(svg(''))];

  expect(limit.length).toBeGreaterThan(empty.length);
});

test('fails when the font is not where it should be', async () => {
  const renderPng = createRenderPng({ ...files, fontPath: `${files.fontPath}.missing` });

  await expect(renderPng(svg('limit'))).rejects.toThrow('ENOENT');
});
