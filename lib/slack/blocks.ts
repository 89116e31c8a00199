import { cut } from './text';

/*
 * The few blocks of Slack's Block Kit that are used here, and its limits on their texts.
 */
interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}
/** `verbatim`: Slack makes no links or mentions out of what merely looks like one. */
interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  readonly verbatim: true;
}
interface Confirm {
  readonly title: PlainText;
  readonly text: PlainText;
  readonly confirm: PlainText;
  readonly deny: PlainText;
}
interface Button {
  readonly type: 'button';
  readonly action_id: string;
  readonly text: PlainText;
  readonly value: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: Confirm;
}
interface TextInput {
  readonly type: 'plain_text_input';
  readonly action_id: string;
  readonly max_length: number;
  readonly multiline?: boolean;
}
interface Select {
  readonly type: 'multi_static_select';
  readonly action_id: string;
  readonly options: readonly { readonly text: PlainText; readonly value: string }[];
}
export type Block =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly text: Mrkdwn }
  | { readonly type: 'context'; readonly elements: readonly Mrkdwn[] }
  | { readonly type: 'divider' }
  | { readonly type: 'actions'; readonly block_id: string; readonly elements: readonly Button[] }
  | {
      readonly type: 'input';
      readonly block_id: string;
      readonly optional?: boolean;
      readonly label: PlainText;
      readonly hint?: PlainText;
      readonly element: TextInput | Select;
    };

export interface Message {
  /** What notifications and screen readers get. */
  readonly text: string;
  readonly blocks: readonly Block[];
}

export interface Modal {
  readonly type: 'modal';
  readonly callback_id: string;
  /** Slack hands it back with the answer: what `kept` made of the gate. */
  readonly private_metadata: string;
  readonly title: PlainText;
  readonly submit: PlainText;
  readonly close: PlainText;
  readonly blocks: readonly Block[];
}

export const text = (words: string, most = 75): PlainText => ({
  type: 'plain_text',
  text: cut(words, most),
  emoji: false,
});

const mrkdwn = (words: string): Mrkdwn => ({ type: 'mrkdwn', text: words, verbatim: true });

export const header = (words: string): Block => ({ type: 'header', text: text(words, 150) });
export const section = (words: string): Block => ({ type: 'section', text: mrkdwn(words) });
export const context = (words: string): Block => ({ type: 'context', elements: [mrkdwn(words)] });
export const divider: Block = { type: 'divider' };
