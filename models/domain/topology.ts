/** One service depends on another: trouble of `to` is felt by `from`. */
export interface Dependency {
  readonly from: string;
  readonly to: string;
}

/** Who says so: people, or the traces of requests. */
export type DependencyOrigin = 'declared' | 'traces';

export interface KnownDependency extends Dependency {
  /** At least one. */
  readonly origins: readonly DependencyOrigin[];
}
