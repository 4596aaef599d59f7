/** What the program writes to the code host. */
import { z } from 'zod';

export const NewTree = z.object({
  base_tree: z.string(),
  tree: z.array(z.object({ path: z.string(), content: z.string() })),
});
export const NewCommit = z.object({ message: z.string(), tree: z.string(), parents: z.array(z.string()) });
export const NewRef = z.object({ ref: z.string(), sha: z.string() });
export const NewPull = z.object({ title: z.string(), body: z.string(), head: z.string(), base: z.string() });

/** undefined: the text is not JSON. */
export function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
