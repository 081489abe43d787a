import { ServiceError } from '../../functions/platform/errors.ts';
import { hashId } from '../../functions/platform/ids.ts';
import type { PeerShape, PeerShapes } from '../../models/domain/peer-shape.ts';
import type { Objects } from '../contracts.ts';

/** Shapes of the peer groups of a workspace as they were on one day. */
export interface ShapeSnapshot {
  readonly dayMs: number;
  readonly validFromMs: number;
  /** By the name of the group. */
  readonly shapes: ReadonlyMap<string, PeerShape>;
}

/** Name of a group of peers. Keys of groups may be long; all that is needed of them is whether they are the same. */
export function peerGroupName(peerKey: string): string {
  return hashId('peers', peerKey);
}

/** The shapes of the newest days. */
export interface ShapeBook {
  /** Another one where any shape is. */
  readonly etag: string;
  /** The same object for the same group, null for one that has no shape. */
  find(group: string): PeerShapes | null;
}

export interface ShapeStore {
  /** Undefined where there is none, or none that can be read: it is made anew every day. */
  load(workspace: string): Promise<ShapeBook | undefined>;
  /** Beside the newest of another day, for samples that come late. Adding the same twice changes nothing. */
  add(workspace: string, snapshot: ShapeSnapshot): Promise<void>;
}

const VERSION = 1;
const KEPT_DAYS = 2;
const STEPS = 127;

/** JSON (see data/formats.md): shares of the season as bytes, since no more of them is known. */
interface StoredShapes {
  readonly version: number;
  /** Newest first. */
  readonly days: readonly StoredDay[];
}

interface StoredDay {
  readonly dayMs: number;
  readonly validFromMs: number;
  readonly shapes: Readonly<Record<string, StoredShape>>;
}

interface StoredShape extends Omit<PeerShape, 'season'> {
  /** What a step of one is worth. */
  readonly step: number;
  /** Signed bytes in base64. */
  readonly season: string;
}

export function shapesKey(workspace: string): string {
  return `survey/${workspace}.shapes`;
}

export function createShapeStore(objects: Pick<Objects, 'get' | 'put'>): ShapeStore {
  async function read(workspace: string) {
    const stored = await objects.get(shapesKey(workspace));
    const days = stored && daysOf(stored.bytes);
    return days && { etag: stored.etag, days };
  }

  return {
    async load(workspace) {
      const found = await read(workspace);
      return found && bookOf(found.etag, found.days);
    },
    async add(workspace, { dayMs, validFromMs, shapes }) {
      const others = ((await read(workspace))?.days ?? []).filter((day) => day.dayMs !== dayMs);
      const packed = Object.fromEntries([...shapes].map(([group, shape]) => [group, pack(shape)]));
      const days = [{ dayMs, validFromMs, shapes: packed }, ...others].sort((a, b) => b.dayMs - a.dayMs);
      const document: StoredShapes = { version: VERSION, days: days.slice(0, KEPT_DAYS) };
      await objects.put(shapesKey(workspace), Buffer.from(JSON.stringify(document), 'utf8'));
    },
  };
}

function daysOf(bytes: Uint8Array): readonly StoredDay[] | undefined {
  try {
    const { version, days } = JSON.parse(Buffer.from(bytes).toString('utf8')) as StoredShapes;
    if (version > VERSION) throw new ServiceError('store/version-unknown', `shapes: version ${version}`);
    return Array.isArray(days) ? days : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Unpacks a shape when it is asked for: few of many groups have newcomers. */
function bookOf(etag: string, days: readonly StoredDay[]): ShapeBook {
  const known = new Map<string, PeerShapes | null>();
  return {
    etag,
    find(group) {
      const found = known.get(group);
      if (found !== undefined) return found;
      const versions = days.flatMap(({ validFromMs, shapes }) => {
        const stored = Object.hasOwn(shapes, group) ? shapes[group] : undefined;
        return stored === undefined ? [] : [{ validFromMs, shape: unpack(stored) }];
      });
      const made = versions.length === 0 ? null : { versions };
      known.set(group, made);
      return made;
    },
  };
}

function pack({ season, ...rest }: PeerShape): StoredShape {
  const largest = season.reduce((most, share) => Math.max(most, Math.abs(share)), 0);
  const step = largest / STEPS;
  const bytes = Int8Array.from(season, (share) => (step > 0 ? Math.round(share / step) : 0));
  return { ...rest, step, season: Buffer.from(bytes.buffer).toString('base64') };
}

function unpack({ step, season, ...rest }: StoredShape): PeerShape {
  const bytes = new Int8Array(Buffer.from(season, 'base64'));
  return { ...rest, season: Float32Array.from(bytes, (steps) => steps * step) };
}
