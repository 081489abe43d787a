/** A deploy, a configuration change or another act that may explain what follows it. */
export interface Change {
  /** Deterministic: hash of workspace and content. */
  readonly changeId: string;
  readonly kind: 'deploy' | 'config' | 'flag' | 'other';
  readonly summary: string;
  readonly source: string;
  readonly service: string | null;
  readonly atMs: number;
  readonly details: Readonly<Record<string, string>>;
  readonly links: readonly { readonly href: string; readonly text: string }[];
}
