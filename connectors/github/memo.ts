/** Answers that several categories need. A refusal that will not change is kept as well; what may pass is asked again. */
import { SourceError } from '../sdk/types.ts';

export class Memo {
  readonly #answers = new Map<string, Promise<unknown>>();

  /** `lasting` says whether an answer is good for the categories to come as well. */
  once<Answer>(key: string, ask: () => Promise<Answer>, lasting: (answer: Answer) => boolean = () => true): Promise<Answer> {
    const known = this.#answers.get(key);
    if (known !== undefined) return known as Promise<Answer>;
    const asked = ask();
    this.#answers.set(key, asked);
    asked.then(
      (answer) => {
        if (!lasting(answer)) this.#answers.delete(key);
      },
      (error: unknown) => {
        if (!(error instanceof SourceError) || error.class !== 'persistent') this.#answers.delete(key);
      },
    );
    return asked;
  }
}
