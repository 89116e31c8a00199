import { html, raw } from 'hono/html';

/** Text that is ready for a page: everything that was put into it is escaped. */
export type Html = ReturnType<typeof html>;
/** A part that may be absent. */
export type Part = Html | '';

export { html, raw };
