import { messageOf, type Notice } from '../../lib/notices/notice';
import { log } from './log';
import { signedPost } from './signed-post';

/** SNS takes at most 100 characters of ASCII without line breaks. */
const subjectOf = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 100);

/**
 * Tells people over the topic. A message that cannot be sent must not keep a case from closing: it is logged as an
 * error, and the answer is false.
 */
export const notify = async (topic: string, notice: Notice): Promise<boolean> => {
  const body = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: topic,
    Subject: subjectOf(notice.subject),
    MessageStructure: 'json',
    Message: messageOf(notice),
  });
  try {
    await signedPost({
      service: 'sns',
      path: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: body.toString(),
      timeoutSeconds: 10,
    });
    return true;
  } catch (thrown) {
    log.error('people could not be told', { topic, reason: String(thrown) });
    return false;
  }
};
