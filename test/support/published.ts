import type { ChatNotification } from '../../lib/notices/notice';
import type { WorkingDay } from './working-day';

/** What the topic was told, in the forms that go by mail and to chat. */
export const publishedBy = (day: WorkingDay) =>
  day.told
    .map(({ body }) => new URLSearchParams(body))
    .filter((form) => form.get('Action') === 'Publish')
    .map((form) => {
      const { default: text, https } = JSON.parse(form.get('Message') ?? '{}') as Record<string, string>;
      const structure = form.get('MessageStructure');
      return {
        structure,
        subject: form.get('Subject'),
        text: text ?? '',
        chat: JSON.parse(https ?? 'null') as ChatNotification,
      };
    });
