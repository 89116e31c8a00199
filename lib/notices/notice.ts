/** What people are told over the topic: by e-mail as text, in chat as Amazon Q Developer in chat applications reads it. */
export interface Notice {
  readonly subject: string;
  /** For e-mail and everything that is read as it comes. */
  readonly text: string;
  readonly chat: ChatNotification;
}

/** Custom notification of Amazon Q Developer in chat applications (its administrator guide, "Custom notifications"). */
export interface ChatNotification {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps: readonly string[];
    readonly keywords: readonly string[];
  };
  /** All of one case stands in one thread. */
  readonly metadata: { readonly threadId: string; readonly summary: string; readonly eventType: string };
}

/** Bytes that SNS takes, all forms together, with room for their envelope. */
const MOST_BYTES = 240 * 1024;
const SHORTENED = '\n\n(shortened: the whole report lies in the evidence bucket)\n';

/**
 * The forms of a message by protocol (SNS, MessageStructure `json`): Amazon Q subscribes over https, mail gets what it always
 * got. What is too long for SNS is shortened, for a message that is refused tells nobody.
 */
export const messageOf = ({ text, chat }: Notice): string => {
  const forms = (shown: string): string => JSON.stringify({ default: shown, https: JSON.stringify(chat) });
  let shown = text;
  while (Buffer.byteLength(forms(shown)) > MOST_BYTES) {
    shown = `${shown.slice(0, Math.floor(shown.length / 2))}${SHORTENED}`;
  }
  return forms(shown);
};
