/** How the members of a peer group move: what a newcomer of the group borrows. */
export interface PeerShape {
  /** Members that it was learned from. */
  readonly peers: number;
  /** Level of the group's median. */
  readonly level: number;
  /** Standard deviations as shares of the level: of the members' own levels around it, and of a member around its own. */
  readonly spread: number;
  readonly noise: number;
  /** Day and week on top of it as shares of the level, in the bins of a bucket residual. */
  readonly season: Float32Array;
}

/** Shapes of one group, each valid from a time on. */
export interface PeerShapes {
  /** Newest first. */
  readonly versions: readonly { readonly validFromMs: number; readonly shape: PeerShape }[];
}
