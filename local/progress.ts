export interface Progress {
  /** Shows how far a step is; a step at 1 is done. */
  step(title: string, ratio: number): void;
  /** A line that stays. */
  say(line: string): void;
}

const BAR_CELLS = 28;
/** Without a terminal a step is told again only after this much more of it. */
const PLAIN_STEP = 0.25;

/** A bar that moves where there is a terminal, and a plain line now and then where there is none. */
export function createProgress(out: NodeJS.WriteStream): Progress {
  let open = false;
  const told = new Map<string, number>();

  const clear = (): void => {
    if (open) out.write('\r\x1b[2K');
    open = false;
  };
  return {
    step(title, ratio) {
      const percent = `${Math.floor(ratio * 100)} %`;
      if (!out.isTTY) {
        if (ratio < 1 && ratio < (told.get(title) ?? 0) + PLAIN_STEP) return;
        if ((told.get(title) ?? 0) >= 1) return;
        told.set(title, ratio);
        out.write(`${title}: ${percent}\n`);
        return;
      }
      const filled = Math.round(ratio * BAR_CELLS);
      out.write(`\r\x1b[2K${title} [${'#'.repeat(filled)}${'.'.repeat(BAR_CELLS - filled)}] ${percent}`);
      open = true;
      if (ratio >= 1) {
        out.write('\n');
        open = false;
      }
    },
    say(line) {
      clear();
      out.write(`${line}\n`);
    },
  };
}
