import type { Detector, DetectorOptions } from './detector.ts';
import { createEnsemble } from './ensemble.ts';
import { createSeasonalRobust } from './seasonal-robust.ts';

/** Every detector by its name. */
export const DETECTORS: Readonly<Record<string, (options: DetectorOptions) => Detector>> = {
  'seasonal-robust': createSeasonalRobust,
  ensemble: createEnsemble,
};

export const DEFAULT_DETECTOR = 'ensemble';

/**
 * Detector by name: how the detect room gets the one that a workspace asks for.
 *
 * Input:      name, a key of DETECTORS; the options, an unknown time zone among them being refused.
 * Throws:     RangeError for an unknown name or time zone.
 *
 * @example
 * createDetector('seasonal-robust', { timeZone: 'Europe/Berlin' }).stateFloats <= 512 // => true
 */
export function createDetector(name: string, options: DetectorOptions = {}): Detector {
  const create = Object.hasOwn(DETECTORS, name) ? DETECTORS[name] : undefined;
  if (create === undefined) {
    throw new RangeError(`detector: name must be one of ${Object.keys(DETECTORS).join(', ')}, got ${name}`);
  }
  return create(options);
}
