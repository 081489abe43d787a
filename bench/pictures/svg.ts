/** Parts of a picture: text that is markup already. */
export type Markup = string;

export interface Point {
  readonly x: number;
  readonly y: number;
}

interface Colours {
  readonly ground: string;
  readonly edge: string;
  readonly ink: string;
  readonly soft: string;
  readonly grid: string;
  readonly past: string;
  readonly future: string;
  readonly limit: string;
}

const LIGHT: Colours = {
  ground: '#fff',
  edge: '#d1d9e0',
  ink: '#1f2328',
  soft: '#59636e',
  grid: '#e9ecef',
  past: '#1f6fbf',
  future: '#7a4fc0',
  limit: '#cf222e',
};
const DARK: Colours = {
  ground: '#0d1117',
  edge: '#3d444d',
  ink: '#f0f6fc',
  soft: '#9198a1',
  grid: '#232a33',
  past: '#62b0ff',
  future: '#b392f0',
  limit: '#ff7b72',
};

/** Shapes of the parts by class, which are the same in light and in dark. */
const SHAPES = `text{font:13px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif}
.title{font-size:16px;font-weight:600}
.grid,.axis,.past,.middle,.thin,.limit,.drop{fill:none;stroke-linejoin:round}
.past{stroke-width:1.6}
.fan{fill-opacity:.2}
.middle{stroke-width:2;stroke-dasharray:6 4}
.thin{stroke-opacity:.55;stroke-width:.9}
.limit{stroke-width:1.8}
.drop{stroke-dasharray:2 3}
.mark{stroke-width:2}
.bar{fill-opacity:.45}
.limit-text{stroke-width:4px;paint-order:stroke}`;

/** The ground is filled, so that either reads on any page. */
function colourRules({ ground, edge, ink, soft, grid, past, future, limit }: Colours): string {
  return `text{fill:${ink}}.soft{fill:${soft}}.limit-text{fill:${limit};stroke:${ground}}.ground{fill:${ground};stroke:${edge}}.grid{stroke:${grid}}.blank{fill:${grid}}.axis{stroke:${soft}}
.past{stroke:${past}}.dot{fill:${past}}.fan{fill:${future}}.middle,.thin{stroke:${future}}.limit,.drop{stroke:${limit}}.mark{fill:${ground};stroke:${limit}}.bar{fill:${limit}}`;
}

const STYLE = `${SHAPES}
${colourRules(LIGHT)}
@media (prefers-color-scheme:dark){
${colourRules(DARK)}
}`;

/** The whole picture on its ground; `description` is read out to those who do not see it. */
export function picture(
  size: { width: number; height: number },
  description: string,
  parts: readonly Markup[],
): Markup {
  const { width, height } = size;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(description)}</title>
<style>
${STYLE}
</style>
<rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>
${parts.filter((part) => part !== '').join('\n')}
</svg>
`;
}

export function words(at: Point, text: string, kind = '', anchor: 'start' | 'middle' | 'end' = 'start'): Markup {
  const named = kind === '' ? '' : ` class="${kind}"`;
  const anchored = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return `<text${named} x="${digits(at.x)}" y="${digits(at.y)}"${anchored}>${escaped(text)}</text>`;
}

export function line(kind: string, points: readonly Point[]): Markup {
  return points.length === 0 ? '' : `<path class="${kind}" d="M${points.map(pair).join('L')}"/>`;
}

export function area(kind: string, upper: readonly Point[], lower: readonly Point[]): Markup {
  return `<path class="${kind}" d="M${[...upper, ...lower.toReversed()].map(pair).join('L')}Z"/>`;
}

export function circle(kind: string, at: Point, radius: number): Markup {
  return `<circle class="${kind}" cx="${digits(at.x)}" cy="${digits(at.y)}" r="${digits(radius)}"/>`;
}

export function rectangle(kind: string, from: Point, to: Point): Markup {
  const [width, height] = [to.x - from.x, to.y - from.y];
  return `<rect class="${kind}" x="${digits(from.x)}" y="${digits(from.y)}" width="${digits(width)}" height="${digits(height)}"/>`;
}

/** Parts of which only what lies in the box is seen. */
export function clipped(
  box: { left: number; right: number; top: number; bottom: number },
  parts: readonly Markup[],
): Markup {
  const { left, right, top, bottom } = box;
  const window = `<clipPath id="plot"><rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/></clipPath>`;
  return `${window}\n<g clip-path="url(#plot)">\n${parts.join('\n')}\n</g>`;
}

function pair({ x, y }: Point): string {
  return `${digits(x)} ${digits(y)}`;
}

function digits(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
