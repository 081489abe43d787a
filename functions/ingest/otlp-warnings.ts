const MOST_SENTENCES = 5;

/** Sentences for the sender about what was accepted and yet is not as it should be: each once, and only a few. */
export class Warnings {
  readonly sentences: string[] = [];

  add(sentence: string): void {
    if (this.sentences.length < MOST_SENTENCES && !this.sentences.includes(sentence)) this.sentences.push(sentence);
  }
}
