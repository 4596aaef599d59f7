/** Inquiries: `{pullcheck}:inquiry:<id>`, JSON, gone after 24 hours. */
import type { InquiryStore } from '../../incident/inquiry.ts';
import type { RedisLink } from './connection.ts';
import { InquirySchema, parseJson, read } from './schema.ts';

const KEEP_MS = 24 * 3600 * 1000;

export function createInquiryStore(link: RedisLink): InquiryStore {
  const keyOf = (id: string) => link.key('inquiry', id);
  return {
    put: async (inquiry) => {
      await link.ask((client) => client.set(keyOf(inquiry.id), JSON.stringify(inquiry), 'PX', KEEP_MS));
    },
    get: async (id) => {
      const text = await link.ask((client) => client.get(keyOf(id)));
      return text === null ? undefined : read(InquirySchema, parseJson(text));
    },
  };
}
