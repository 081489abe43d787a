import { NO_GROUP, SERIES_FLAG } from '../../data/state/survey-state.ts';
import { absenceScore, isExpected, isSilent, readAbsence } from '../../models/detect/absence.ts';
import {
  type FoundAbsence,
  findAbsence,
  type PresentSeries,
  type ScopeMembers,
} from '../../models/detect/absence-scope.ts';
import type { AbsenceScope, Finding, FindingSight } from '../../models/domain/finding.ts';
import { HOUR_MS } from '../../models/domain/rollup.ts';
import { findingKey, keepFinding, STEP_MS, type WorkspaceView } from './workspace-view.ts';

/** A peer that began this much before the end of another, or until this much later, has taken its place. */
const REPLACED_BEFORE_MS = HOUR_MS / 2;
const REPLACED_AFTER_MS = 2 * HOUR_MS;
const NAMED_MEMBERS = 10;
/** One sensor or host is not a service: how high an absence may score, by what it takes in. */
const LARGEST_SCORE: Readonly<Record<AbsenceScope, number>> = {
  series: 1.9,
  instance: 1.9,
  service: 10,
  workspace: 10,
};
const EVERYTHING = 'everything';

/** Looks at who has stayed away in one bucket: begins, carries on and ends findings of what is missing. */
export function followAbsences(view: WorkspaceView, bucketMs: number): void {
  const away = followKnown(view, bucketMs);
  const missing = newlyMissing(view, away);
  if (missing.length === 0) return;
  const standings = new Map<number, PresentSeries>();
  const standingOf = (index: number): PresentSeries => {
    const known = standings.get(index) ?? standingAt(view, index, bucketMs);
    standings.set(index, known);
    return known;
  };
  const refuted = new Set<string>();
  for (const index of missing) {
    if (away.has(index)) continue; // went with one before it
    // A scope that is there for one that left at this time is there for all that did.
    const nameOf = ({ scope, key }: ScopeMembers): string => `${scope} ${key} ${standingOf(index).lastMs}`;
    const scopes = scopesOf(view, index, (scope) => refuted.has(nameOf(scope)));
    const found = findAbsence(index, scopes, standingOf);
    for (const scope of scopes.slice(0, found && scopes.findIndex(({ key }) => key === found.key))) {
      refuted.add(nameOf(scope));
    }
    if (found === undefined) view.state.flags[index]! |= SERIES_FLAG.letGo;
    else beginAbsence(view, found, index, away, bucketMs);
  }
}

/** Carries on what is known to be away. Returns all series that still are. */
function followKnown(view: WorkspaceView, bucketMs: number): Set<number> {
  const away = new Set<number>();
  for (const finding of view.findings.values()) {
    if (finding.kind !== 'missing') continue;
    const left = finding.away.flatMap((seriesId) => {
      const index = view.state.indexById.get(seriesId);
      return index !== undefined && isStillAway(view, index, bucketMs) ? [index] : [];
    });
    for (const index of left) away.add(index);
    carryOn(view, finding, left, bucketMs);
  }
  return away;
}

/** Not once it has come back, was replaced, or has been away for so long that it is gone. */
function isStillAway(view: WorkspaceView, index: number, bucketMs: number): boolean {
  const { absence } = view.series[index]!;
  if (readAbsence(absence).silentMs === 0 || !isExpected(absence)) return false;
  return !isReplaced(view, index, bucketMs);
}

function carryOn(view: WorkspaceView, finding: Finding, left: readonly number[], bucketMs: number): void {
  const { episode, scope } = finding;
  if (left.length === 0) {
    const closed = { ...episode, phase: 'closed' as const, endedAtMs: bucketMs };
    keepFinding(view, { ...finding, episode: closed, away: [] }, true);
    return;
  }
  const sight = sightOf(view, scope, left, finding.sight.total);
  const score = Math.max(episode.score, scoreOf(view, scope, left));
  const next = { ...episode, lastAtMs: bucketMs, points: episode.points + 1, score };
  keepFinding(
    view,
    { ...finding, episode: next, sight, away: left.map((index) => view.state.seriesIds[index]!) },
    true,
  );
}

function newlyMissing(view: WorkspaceView, away: ReadonlySet<number>): number[] {
  const { flags } = view.state;
  const missing: number[] = [];
  for (const [index, { absence }] of view.series.entries()) {
    if (flags[index] !== 0 || away.has(index) || absenceScore(absence) <= 1) continue;
    missing.push(index);
  }
  return missing;
}

function standingAt(view: WorkspaceView, index: number, bucketMs: number): PresentSeries {
  const { absence } = view.series[index]!;
  const staleAtMs = view.staleAtMs[index]!;
  return {
    lastMs: isExpected(absence) ? readAbsence(absence).lastMs : 0,
    isSilent: isSilent(absence),
    hasEnded: staleAtMs > 0 && staleAtMs < bucketMs + STEP_MS,
    isReplaced: isReplaced(view, index, bucketMs),
  };
}

/** The same work goes on under another name: a pod that was renamed, a host that was replaced. */
function isReplaced(view: WorkspaceView, index: number, bucketMs: number): boolean {
  const peers = view.state.peersOf[index]!;
  if (peers === NO_GROUP) return false;
  const { lastMs } = readAbsence(view.series[index]!.absence);
  const untilMs = Math.min(lastMs + REPLACED_AFTER_MS, bucketMs + STEP_MS);
  return view.peers[peers]!.some((peer) => {
    const firstMs = view.firstSampleMs[peer]!;
    return peer !== index && firstMs >= lastMs - REPLACED_BEFORE_MS && firstMs < untilMs;
  });
}

/** Widest first. What is not watched, or was let go, counts for nobody. */
function scopesOf(view: WorkspaceView, index: number, isRefuted: (scope: ScopeMembers) => boolean): ScopeMembers[] {
  const { state } = view;
  const scopes: ScopeMembers[] = [];
  const add = (scope: AbsenceScope, key: string, members: readonly number[]): void => {
    if (isRefuted({ scope, key, members })) return;
    scopes.push({ scope, key, members: members.filter((member) => state.flags[member] === 0) });
  };
  if (view.services.length > 1) add('workspace', EVERYTHING, view.all);
  const service = state.serviceOf[index]!;
  if (service !== NO_GROUP) add('service', state.services.keys[service]!, view.services[service]!);
  const instance = state.instanceOf[index]!;
  if (instance !== NO_GROUP) add('instance', state.instances.keys[instance]!, view.instances[instance]!);
  add('series', state.seriesIds[index]!, [index]);
  return scopes;
}

function beginAbsence(
  view: WorkspaceView,
  { scope, key, members, total }: FoundAbsence,
  missing: number,
  away: Set<number>,
  bucketMs: number,
): void {
  const { state } = view;
  for (const index of members) away.add(index);
  const name = `${scope} ${key}`;
  absorb(view, name, members, bucketMs);
  const startedAtMs = readAbsence(view.series[missing]!.absence).lastMs + STEP_MS;
  const score = scoreOf(view, scope, members);
  const known = view.findings.get(findingKey({ kind: 'missing', key: name }));
  const finding: Finding = {
    kind: 'missing',
    key: name,
    seriesId: known?.seriesId ?? state.seriesIds[missing]!,
    scope,
    episode: known?.episode ?? {
      phase: 'open',
      startedAtMs,
      lastAtMs: bucketMs,
      endedAtMs: null,
      points: Math.max(1, Math.round((bucketMs - startedAtMs) / STEP_MS) + 1),
      calmPoints: 0,
      initialScore: score,
      score,
    },
    sight: sightOf(view, scope, members, total),
    away: [...new Set([...(known?.away ?? []), ...members.map((index) => state.seriesIds[index]!)])],
  };
  keepFinding(view, finding, true);
}

/** What was found before, and is part of what is found now, ends in it. */
function absorb(view: WorkspaceView, name: string, members: readonly number[], bucketMs: number): void {
  const ids = new Set(members.map((index) => view.state.seriesIds[index]!));
  for (const finding of view.findings.values()) {
    if (finding.kind !== 'missing' || finding.key === name || !finding.away.every((seriesId) => ids.has(seriesId)))
      continue;
    const closed = { ...finding.episode, phase: 'closed' as const, endedAtMs: bucketMs };
    keepFinding(view, { ...finding, episode: closed }, true);
  }
}

function scoreOf(view: WorkspaceView, scope: AbsenceScope, members: readonly number[]): number {
  let score = 0;
  for (const index of members) score = Math.max(score, absenceScore(view.series[index]!.absence));
  return Math.min(LARGEST_SCORE[scope], score);
}

/** Seconds: how long nothing has come, how long that usually takes, and from when on it is missing. */
function sightOf(view: WorkspaceView, scope: AbsenceScope, members: readonly number[], total: number): FindingSight {
  const ranked = [...members].sort((a, b) => scoreOf(view, scope, [b]) - scoreOf(view, scope, [a]) || a - b);
  const { silentMs, usualMs, limitMs } = readAbsence(view.series[ranked[0]!]!.absence);
  return {
    actual: silentMs / 1000,
    expected: usualMs / 1000,
    lower: 0,
    upper: limitMs / 1000,
    direction: -1,
    members: ranked.slice(0, NAMED_MEMBERS).map((index) => ({
      seriesId: view.state.seriesIds[index]!,
      deviation: readAbsence(view.series[index]!.absence).silentMs / STEP_MS,
      share: 1 / members.length,
    })),
    affected: members.length,
    total,
  };
}
