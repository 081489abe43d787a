import type { ShapeSnapshot } from '../../data/state/shape-store.ts';
import { peerShapeOf } from '../../models/detect/peer-shape.ts';
import type { PeerShape } from '../../models/domain/peer-shape.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import type { WorkspaceView } from './workspace-view.ts';

/** Long after it was made, so that every shard finds it there in time and judges the same sample by the same shape. */
const VALID_AFTER_MS = 6 * HOUR_MS;
/** About 7 MB. A workspace with more groups of peers than this gives shapes to the first of them. */
const MOST_SHAPES = 20_000;

/**
 * Shapes of all groups of peers, once for each day of the workspace's own time: what newcomers are judged by. Undefined
 * while those of the day are made already.
 */
export function makeShapes(view: WorkspaceView): ShapeSnapshot | undefined {
  const { state } = view;
  const dayMs = Math.floor(state.doneToMs / DAY_MS) * DAY_MS;
  if (dayMs <= state.shapesMs) return undefined;
  const shapes = new Map<string, PeerShape>();
  for (const [group, words] of view.shapes.entries()) {
    if (words === undefined || shapes.size === MOST_SHAPES) continue;
    const members = view.peers[group]!.map((index) => view.series[index]!.peer);
    const shape = peerShapeOf(words.residual, words.profiles, members);
    if (shape !== undefined) shapes.set(state.peers.keys[group]!, shape);
  }
  return { dayMs, validFromMs: dayMs + VALID_AFTER_MS, shapes };
}
