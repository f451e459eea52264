import type { MessageNews } from '../ports/feed.ts';
import type { VoicemailRepository } from '../ports/voicemails.ts';

/** The same repository; what is done to messages is told to those who look on. */
export function announced(voicemails: VoicemailRepository, news: MessageNews): VoicemailRepository {
  return {
    list: (filter, request) => voicemails.list(filter, request),
    get: (id) => voicemails.get(id),
    async change(id, decide) {
      const changed = await voicemails.change(id, decide);
      if (changed) news.messageChanged(changed);
      return changed;
    },
    async remove(id, demand) {
      const removed = await voicemails.remove(id, demand);
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
