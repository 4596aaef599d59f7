/** A secret text that cannot leak by being printed, logged, spread or serialised; `reveal` is the only way out. */
import { inspect } from 'node:util';

const MASK = '[sealed]';

export class Sealed {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The secret itself. Call it only where it is handed to the outside that needs it. */
  reveal(): string {
    return this.#text;
  }

  get isEmpty(): boolean {
    return this.#text === '';
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
