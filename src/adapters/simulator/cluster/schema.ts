/** Bodies that clients of the simulated API send: taken as they come, as objects are kept; what must hold is checked at each verb. */

/** undefined: the text is not JSON. */
export function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
