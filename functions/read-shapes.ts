import { peerGroupName, type ShapeBook } from '../data/state/shape-store.ts';
import { peerKeyOf } from '../models/detect/peer-labels.ts';
import type { PeerShapes } from '../models/domain/peer-shape.ts';
import type { Labels } from '../models/domain/series.ts';

export interface ReadShapesDeps {
  readonly load: (workspace: string) => Promise<ShapeBook | undefined>;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

/** How the peers of series move. */
export interface WorkspaceShapes {
  /** Another one where any shape is. */
  readonly etag: string;
  readonly peersOf: (labels: Labels) => PeerShapes | null;
}

/** They are made once a day, and hold hours after they were made. */
const REMEMBER_MS = 600_000;
const MOST_WORKSPACES = 1_000;
const NO_SHAPES: WorkspaceShapes = { etag: '', peersOf: () => null };

/**
 * Reads the shapes of a workspace, at most every ten minutes. Where they cannot be read, what was known goes on: without
 * them newcomers wait for a history of their own, and nothing else does.
 */
export function createReadShapes({ load, nowMs, onError }: ReadShapesDeps) {
  const known = new Map<string, { readonly untilMs: number; readonly shapes: WorkspaceShapes }>();

  async function read(workspace: string, before: WorkspaceShapes): Promise<WorkspaceShapes> {
    try {
      const book = await load(workspace);
      if (book === undefined) return NO_SHAPES;
      return book.etag === before.etag ? before : shapesOf(book);
    } catch (error) {
      onError(error);
      return before;
    }
  }

  return async (workspace: string): Promise<WorkspaceShapes> => {
    const found = known.get(workspace);
    if (found !== undefined && nowMs() < found.untilMs) return found.shapes;
    const shapes = await read(workspace, found?.shapes ?? NO_SHAPES);
    if (known.size >= MOST_WORKSPACES) known.clear();
    known.set(workspace, { untilMs: nowMs() + REMEMBER_MS, shapes });
    return shapes;
  };
}

function shapesOf({ etag, find }: ShapeBook): WorkspaceShapes {
  return {
    etag,
    peersOf(labels) {
      const peers = peerKeyOf(labels);
      return peers === undefined ? null : find(peerGroupName(peers));
    },
  };
}
