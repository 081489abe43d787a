/** What the router needs to know of a route. */
export interface RouteTemplate {
  readonly method: string;
  /** Literal segments and named ones: `/v1/series/{seriesId}/samples`. */
  readonly path: string;
}

export type RouteMatch<R> =
  | { readonly kind: 'found'; readonly route: R; readonly params: Readonly<Record<string, string>> }
  /** `route` is one of those that have the path. */
  | { readonly kind: 'wrong-method'; readonly allowed: readonly string[]; readonly route: R }
  | { readonly kind: 'unknown-path' };

export type Router<R> = (method: string, path: string) => RouteMatch<R>;

/**
 * Finds the route of a request among method and path templates; a literal segment wins over a named one.
 *
 * A path is taken as it was sent and never repaired: empty segments, dot segments (encoded or not), a trailing slash
 * and encoded slashes lead nowhere. So nothing behind the router can be reached by two spellings.
 */
export function createRouter<R extends RouteTemplate>(routes: readonly R[]): Router<R> {
  const templates = routes
    .map((route) => ({ route, segments: route.path.slice(1).split('/') }))
    .sort((a, b) => namedCount(a.segments) - namedCount(b.segments));
  return (method, path) => {
    const segments = splitPath(path);
    if (segments === undefined) return { kind: 'unknown-path' };
    const allowed = new Set<string>();
    let first: R | undefined;
    for (const template of templates) {
      const params = matchSegments(template.segments, segments);
      if (params === undefined) continue;
      if (template.route.method === method) return { kind: 'found', route: template.route, params };
      allowed.add(template.route.method);
      first ??= template.route;
    }
    if (first === undefined) return { kind: 'unknown-path' };
    return { kind: 'wrong-method', allowed: [...allowed].sort(), route: first };
  };
}

function namedCount(segments: readonly string[]): number {
  return segments.filter(isNamed).length;
}

function isNamed(segment: string): boolean {
  return segment.startsWith('{') && segment.endsWith('}');
}

function splitPath(path: string): readonly string[] | undefined {
  if (!path.startsWith('/')) return undefined;
  const segments: string[] = [];
  for (const raw of path.slice(1).split('/')) {
    const segment = decodeSegment(raw);
    if (segment === undefined || segment === '' || segment === '.' || segment === '..') return undefined;
    if (/[/\\]/.test(segment)) return undefined;
    segments.push(segment);
  }
  return segments;
}

function decodeSegment(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

function matchSegments(
  template: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (template.length !== segments.length) return undefined;
  // No prototype: a parameter may be named like one of its members.
  const params: Record<string, string> = Object.create(null);
  for (const [i, expected] of template.entries()) {
    const segment = segments[i] ?? '';
    if (isNamed(expected)) params[expected.slice(1, -1)] = segment;
    else if (expected !== segment) return undefined;
  }
  return params;
}
