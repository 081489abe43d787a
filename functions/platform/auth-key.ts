import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * The text of an API key: `fwn_<env>_<key id>_<secret>_<checksum>`.
 *
 * The prefix lets secret scanners find a leaked key; the checksum lets us refuse junk without asking the store.
 */
export interface KeyText {
  /** Where it was made for: `local`, `prod`. */
  readonly env: string;
  readonly keyId: string;
  readonly secret: string;
}

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
export const KEY_ID_LENGTH = 12;
/** 190 bits: beyond guessing, so that no slow hash is needed. */
export const KEY_SECRET_LENGTH = 32;
const CHECKSUM_LENGTH = 6;

const KEY = /^fwn_([a-z0-9]{1,12})_([0-9A-Za-z]{12})_([0-9A-Za-z]{32})_([0-9A-Za-z]{6})$/;

export function formatKey({ env, keyId, secret }: KeyText): string {
  const text = `fwn_${env}_${keyId}_${secret}`;
  return `${text}_${checksum(text)}`;
}

/** Undefined where the text cannot be a key of ours. */
export function parseKey(text: string): KeyText | undefined {
  const match = KEY.exec(text);
  if (match === null) return undefined;
  const [, env = '', keyId = '', secret = '', sum = ''] = match;
  return checksum(text.slice(0, -CHECKSUM_LENGTH - 1)) === sum ? { env, keyId, secret } : undefined;
}

/** What is kept of a secret: 32 bytes that are worth nothing without the pepper. */
export function hashSecret(pepper: string, secret: string): Buffer {
  return createHmac('sha256', pepper).update(secret).digest();
}

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    digits = BASE62.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
