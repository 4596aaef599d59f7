/** The parts of our own blocks that a terminal can show. */
import { z } from 'zod';

const Text = z.object({ text: z.string() });
const Element = z.object({
  type: z.string(),
  text: z.union([z.string(), Text]).optional(),
  action_id: z.string().optional(),
  value: z.string().optional(),
});

const Block = z.object({ type: z.string(), text: Text.optional(), elements: z.array(Element).optional() });
export type ShownBlock = z.infer<typeof Block>;
export const ShownBlocks = z.array(Block);
export const ShownView = z.object({ blocks: ShownBlocks, submit: Text.optional() });
