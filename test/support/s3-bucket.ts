import { createHash } from 'node:crypto';

export interface HeldObject {
  readonly bytes: Buffer;
  readonly etag: string;
}

export interface PutConditions {
  readonly ifNoneMatch: string | undefined;
  readonly ifMatch: string | undefined;
}

export type PutOutcome =
  | { readonly kind: 'stored'; readonly etag: string }
  | { readonly kind: 'refused'; readonly status: 404 | 409 | 412; readonly code: string };

/** The objects of one bucket, with the conditional puts of S3. */
export class S3Bucket {
  readonly #objects = new Map<string, HeldObject>();
  /** Counts the writes of each key, so that a put can see that another came between its beginning and its end. */
  readonly #writes = new Map<string, number>();
  #sortedKeys: readonly string[] | undefined;

  get(key: string): HeldObject | undefined {
    return this.#objects.get(key);
  }

  get isEmpty(): boolean {
    return this.#objects.size === 0;
  }

  /** To be called when the head of a put has come; `finish` when its body has. */
  beginPut(key: string, conditions: PutConditions): { finish(bytes: Buffer): PutOutcome } {
    const writesBefore = this.#writes.get(key);
    return {
      finish: (bytes) => {
        const isConditional = conditions.ifMatch !== undefined || conditions.ifNoneMatch !== undefined;
        if (isConditional && this.#writes.get(key) !== writesBefore) {
          return { kind: 'refused', status: 409, code: 'ConditionalRequestConflict' };
        }
        return this.#refusal(key, conditions) ?? this.#store(key, bytes);
      },
    };
  }

  delete(key: string): void {
    if (this.#objects.delete(key)) this.#changed(key, true);
  }

  /** Keys after one key, in byte order, one more than asked for where there is one. */
  keysAfter(prefix: string, startAfter: string, count: number): readonly string[] {
    this.#sortedKeys ??= [...this.#objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return this.#sortedKeys.filter((key) => key.startsWith(prefix) && key > startAfter).slice(0, count + 1);
  }

  #refusal(key: string, { ifMatch, ifNoneMatch }: PutConditions): PutOutcome | undefined {
    const held = this.#objects.get(key);
    if (ifMatch !== undefined && held === undefined) return { kind: 'refused', status: 404, code: 'NoSuchKey' };
    const fails =
      (ifNoneMatch !== undefined && held !== undefined) || (ifMatch !== undefined && held?.etag !== ifMatch);
    return fails ? { kind: 'refused', status: 412, code: 'PreconditionFailed' } : undefined;
  }

  #store(key: string, bytes: Buffer): PutOutcome {
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    const isNew = !this.#objects.has(key);
    this.#objects.set(key, { bytes, etag });
    this.#changed(key, isNew);
    return { kind: 'stored', etag };
  }

  #changed(key: string, changesKeys: boolean): void {
    this.#writes.set(key, (this.#writes.get(key) ?? 0) + 1);
    if (changesKeys) this.#sortedKeys = undefined;
  }
}
