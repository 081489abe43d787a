import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { abstentionPicture } from './abstention-picture.ts';
import { readReliability, reliabilityPicture } from './reliability-picture.ts';
import { LOWERED, SAWTOOTH, STEADY, WALK } from './scenes.ts';
import type { Markup } from './svg.ts';
import { timePicture } from './time-picture.ts';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

export interface Picture {
  readonly file: string;
  readonly draw: () => Markup;
}

/** All pictures of the documentation: what the models say of these series, and the figures of the benchmarks. */
export const PICTURES: readonly Picture[] = [
  { file: pictureFile('steady-fill'), draw: () => timePicture(STEADY) },
  { file: pictureFile('random-walk'), draw: () => timePicture(WALK) },
  { file: pictureFile('limit-lowered'), draw: () => timePicture(LOWERED) },
  { file: pictureFile('sawtooth'), draw: () => timePicture(SAWTOOTH) },
  { file: pictureFile('abstention'), draw: abstentionPicture },
  {
    file: pictureFile('reliability'),
    draw: () => reliabilityPicture(readReliability(readFileSync(`${DOCS}benchmarks.md`, 'utf8'))),
  },
];

function pictureFile(name: string): string {
  return `${DOCS}pictures/${name}.svg`;
}
