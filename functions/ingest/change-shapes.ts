import { isObject, ownField } from './validate-json.ts';

/** A change event in our own form, still to be checked; or why there is nothing to tell. */
export type RecognisedChange = { readonly event: unknown } | { readonly ignored: string };

type Fields = Readonly<Record<string, unknown>>;

const MAX_SUMMARY = 1024;
const MAX_NAME = 256;
const MAX_DETAIL = 2048;
const KINDS = ['deploy', 'config', 'flag', 'other'];
/** The deployment has ended; in all other states nothing has changed yet, or no more. */
const ENDED: ReadonlyMap<unknown, string> = new Map([
  ['success', ''],
  ['failure', ' failed'],
  ['error', ' ended with an error'],
]);

/** Tells by its shape whose body this is: GitHub's of a deployment, PagerDuty's of a change event, or ours. */
export function recogniseChange(raw: unknown): RecognisedChange {
  if (!isObject(raw)) return { event: raw };
  const deployment = ownField(raw, 'deployment');
  const repository = ownField(raw, 'repository');
  if (isObject(deployment) && isObject(repository)) {
    const status = ownField(raw, 'deployment_status');
    return fromGitHub(deployment, repository, isObject(status) ? status : undefined);
  }
  const payload = ownField(raw, 'payload');
  return isObject(payload) ? fromPagerDuty(raw, payload) : { event: raw };
}

function fromGitHub(deployment: Fields, repository: Fields, status: Fields | undefined): RecognisedChange {
  const state = status && ownField(status, 'state');
  const ending = status === undefined ? '' : ENDED.get(state);
  if (ending === undefined) return { ignored: `a deployment with the status ${textOf(state)} has changed nothing` };
  const name = textOf(ownField(repository, 'name'));
  const ref = textOf(ownField(deployment, 'ref'));
  const environment = textOf(ownField(deployment, 'environment'));
  const creator = ownField(status ?? deployment, 'creator');
  return {
    event: {
      kind: 'deploy',
      summary: cut(`${name} ${ref} to ${environment}${ending}`, MAX_SUMMARY),
      source: 'github',
      service: name === '' ? null : cut(name, MAX_NAME),
      timestamp: ownField(status ?? deployment, 'created_at'),
      custom_details: details({
        creator: isObject(creator) ? ownField(creator, 'login') : undefined,
        deployment: ownField(deployment, 'id'),
        description: ownField(deployment, 'description'),
        environment,
        ref,
        repository: ownField(repository, 'full_name'),
        sha: ownField(deployment, 'sha'),
        state,
        task: ownField(deployment, 'task'),
      }),
      links: gitHubLinks(deployment, repository, status),
    },
  };
}

function gitHubLinks(deployment: Fields, repository: Fields, status: Fields | undefined) {
  const home = textOf(ownField(repository, 'html_url'));
  const sha = textOf(ownField(deployment, 'sha'));
  const log = status === undefined ? '' : textOf(ownField(status, 'log_url') ?? ownField(status, 'target_url'));
  return [
    { href: log, text: 'log' },
    { href: home === '' || sha === '' ? '' : `${home}/commit/${sha}`, text: sha.slice(0, 7) },
  ].filter(({ href }) => /^https?:/.test(href));
}

/** Service and kind have no fields of their own there: they may stand among the details. */
function fromPagerDuty(envelope: Fields, payload: Fields): RecognisedChange {
  const custom = ownField(payload, 'custom_details');
  const named = isObject(custom) ? { kind: ownField(custom, 'kind'), service: ownField(custom, 'service') } : {};
  const timestamp = ownField(payload, 'timestamp');
  return {
    event: {
      summary: ownField(payload, 'summary'),
      source: ownField(payload, 'source'),
      timestamp: typeof timestamp === 'string' ? withColon(timestamp) : timestamp,
      custom_details: custom,
      links: ownField(envelope, 'links'),
      ...(typeof named.kind === 'string' && KINDS.includes(named.kind) && { kind: named.kind }),
      ...(typeof named.service === 'string' && named.service !== '' && { service: cut(named.service, MAX_NAME) }),
    },
  };
}

/** PagerDuty's own examples write the offset as +0000. */
function withColon(timestamp: string): string {
  return timestamp.replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
}

/** Those that say something, as text that is not too long. */
function details(given: Fields): Fields {
  const texts = Object.entries(given).map(([name, value]) => [name, cut(textOf(value), MAX_DETAIL)] as const);
  return Object.fromEntries(texts.filter(([, text]) => text !== ''));
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function cut(text: string, maxLength: number): string {
  return text.toWellFormed().slice(0, maxLength).toWellFormed();
}
