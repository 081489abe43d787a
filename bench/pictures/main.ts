import { writeFileSync } from 'node:fs';
import { PICTURES } from './pictures.ts';

for (const { file, draw } of PICTURES) {
  const text = draw();
  writeFileSync(file, text);
  process.stdout.write(`${file}: ${Buffer.byteLength(text)} bytes\n`);
}
