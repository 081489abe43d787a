import { createHash } from 'node:crypto';
import { withCommon } from './common-labels.ts';
import { LogCollector } from './log-collector.ts';
import { keepLine } from './log-line.ts';
import { severityOfLine } from './log-severity.ts';
import type { RecentIds } from './recent-ids.ts';
import type { Identity } from './series-identity.ts';
import type { DecodeContext, Refusal } from './validate.ts';
import { isObject, ownField } from './validate-json.ts';
import { checkStreamLabels, type LabelPair } from './validate-labels.ts';
import { checkTime } from './validate-samples.ts';

/** Collects the log events of a subscription of CloudWatch Logs: a log group is a stream. */
export class CloudWatchLogs {
  readonly #context: DecodeContext;
  readonly #common: readonly LabelPair[];
  readonly #recent: RecentIds;
  readonly #logs = new LogCollector('name');
  readonly #ids = new Set<string>();
  readonly #discarded = new Map<string, number>();
  #events = 0;

  /** `recent` are the events that were stored before. */
  constructor(context: DecodeContext, common: readonly LabelPair[], recent: RecentIds) {
    this.#context = context;
    this.#common = common;
    this.#recent = recent;
  }

  get events(): number {
    return this.#events;
  }

  /** Names of all events of this request: known as soon as they are stored. */
  get ids(): ReadonlySet<string> {
    return this.#ids;
  }

  /** Takes what one payload holds. `refuse` hears of every event that is none. */
  payload(payload: Readonly<Record<string, unknown>>, refuse: (refusal: Refusal) => void): void {
    const type = ownField(payload, 'messageType');
    // A greeting, by which the subscription tries whether somebody is there.
    if (type === 'CONTROL_MESSAGE') return;
    const events = ownField(payload, 'logEvents');
    if (type !== 'DATA_MESSAGE' || !Array.isArray(events)) {
      refuse({ code: 'payload_unknown', detail: 'expected a DATA_MESSAGE with "logEvents"' });
      return;
    }
    const stream = this.#identify(payload);
    if ('code' in stream) {
      refuse(stream);
      return;
    }
    this.#logs.begin(stream);
    for (const event of events as readonly unknown[]) {
      const refusal = this.#event(event);
      if (refusal !== undefined) refuse(refusal);
    }
  }

  finish() {
    return { ...this.#logs.finish(), discarded: this.#discarded };
  }

  #event(raw: unknown): Refusal | undefined {
    this.#events++;
    const { workspace, nowMs, limits } = this.#context;
    if (!isObject(raw)) return { code: 'item_invalid', detail: 'a log event must be an object' };
    const [id, timestampMs, message] = ['id', 'timestamp', 'message'].map((name) => ownField(raw, name));
    if (typeof id !== 'string' || id === '') return { code: 'id_missing', detail: 'a log event must have an "id"' };
    if (typeof message !== 'string') return { code: 'line_missing', detail: '"message" must be a text' };
    if (typeof timestampMs !== 'number' || !Number.isInteger(timestampMs)) {
      return { code: 'timestamp_invalid', detail: '"timestamp" must be whole milliseconds' };
    }
    const refusal = checkTime(timestampMs, nowMs, limits);
    if (refusal !== undefined) return refusal;
    if (this.#ids.has(id) || this.#recent.has(workspace, id)) {
      this.#discard('duplicate');
      return undefined;
    }
    this.#ids.add(id);
    const { line, truncated, replaced } = keepLine(message.replace(/\r?\n$/, ''), limits.logLineBytes);
    // Equal lines of one millisecond are different events here, since their ids are: these keep them apart, and an event
    // that comes again, here or to another process, is the same one.
    this.#logs.add(timestampMs, idNumber(id), severityOfLine(line), line);
    if (truncated) this.#discard('line_truncated');
    if (replaced) this.#discard('utf8_replaced');
    return undefined;
  }

  #identify(payload: Readonly<Record<string, unknown>>): Identity | Refusal {
    const group = ownField(payload, 'logGroup');
    const owner = ownField(payload, 'owner');
    if (typeof group !== 'string' || group === '' || typeof owner !== 'string') {
      return { code: 'payload_unknown', detail: '"logGroup" and "owner" must be texts' };
    }
    const { workspace, identity, limits } = this.#context;
    const pairs = withCommon(labelsOf(group, owner), this.#common);
    let key = 'v';
    for (const [name, value] of pairs) key += `${name.length}:${name}${value.length}:${value}`;
    const known = identity.find(workspace, key);
    if (known !== undefined) return known;
    const checked = checkStreamLabels(pairs, limits);
    return 'refusal' in checked ? checked.refusal : identity.make(workspace, key, checked.labels, 'gauge');
  }

  #discard(reason: string): void {
    this.#discarded.set(reason, (this.#discarded.get(reason) ?? 0) + 1);
  }
}

const IDS_APART = 1_000_000;

/** The same for the same id; two others of one millisecond and line are alike once in a million. */
function idNumber(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE() % IDS_APART;
}

/** The name of a log stream is left out: there is a new one for every start, and none would have a history. */
function labelsOf(group: string, owner: string): LabelPair[] {
  const service = group.split('/').findLast((part) => part !== '') ?? group;
  return [
    ['account_id', owner],
    ['log_group', group],
    ['service', service],
  ];
}
