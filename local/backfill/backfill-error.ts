/** Something for the person at the terminal: said without a stack. */
export class BackfillError extends Error {
  override readonly name = 'BackfillError';
}
