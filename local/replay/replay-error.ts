/** Something for the person at the terminal: said without a stack. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
}
