import type { VoicemailRepository } from './ports.admin.ts';
import type { MessageNews } from './ports.feed.ts';

/** The same repository; what is done to messages is told to those who look on. */
export function announced(voicemails: VoicemailRepository, news: MessageNews): VoicemailRepository {
  return {
    list: (filter, request) => voicemails.list(filter, request),
    get: (id) => voicemails.get(id),
    async change(id, change) {
      const changed = await voicemails.change(id, change);
      if (changed) news.messageChanged(changed);
      return changed;
    },
    async remove(id) {
      const removed = await voicemails.remove(id);
      if (removed) news.messageGone(id);
      return removed;
    },
    async expire(before) {
      const ids = await voicemails.expire(before);
      for (const id of ids) news.messageGone(id);
      return ids;
    },
  };
}
