import { readFile } from 'node:fs/promises';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

export interface ChartFiles {
  /** Location of `index_bg.wasm` of @resvg/resvg-wasm. */
  readonly wasmPath: string;
  /** Location of `DejaVuSans.ttf`: machines without fonts, as Lambda's, drop all text silently. */
  readonly fontPath: string;
}

export type RenderPng = (svg: string) => Promise<Uint8Array>;

/** Twice the size shown, for screens with small pixels. */
const ZOOM = 2;
/** The WASM module can be started only once in a process. */
let started: Promise<void> | undefined;

/** Turns SVG into PNG. The files are read at the first picture. */
export function createRenderPng(files: ChartFiles): RenderPng {
  let font: Promise<Uint8Array> | undefined;
  return async (svg) => {
    started ??= readFile(files.wasmPath).then((bytes) => initWasm(bytes));
    font ??= readFile(files.fontPath);
    await started;
    const picture = new Resvg(svg, {
      font: { fontBuffers: [await font], defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans' },
      fitTo: { mode: 'zoom', value: ZOOM },
    });
    try {
      const rendered = picture.render();
      const png = rendered.asPng();
      rendered.free();
      return png;
    } finally {
      picture.free();
    }
  };
}
