import type { Context, Ending } from '../context';
import { hang } from '../layout';
import { EXIT } from '../problem';

export interface OpenOptions {
  readonly case?: string;
}

/** A way onto the approval page for whoever runs this; nobody else should get the link. */
export const open = async ({ connect, terminal }: Context, options: OpenOptions): Promise<Ending> => {
  const api = await connect();
  const link = await api.link(options.case ?? null);
  const until = `${link.expiresAt.slice(11, 19)}Z`;
  terminal.say([
    ...hang('', `This link lets in ${link.who}, once, until ${until}. Keep it to yourself.`, terminal.width),
    link.url,
  ]);
  return { exit: EXIT.well, json: { ...link } };
};
