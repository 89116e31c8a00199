/* Rule 17 switched off: whoever asks may open a case, whatever people said and whatever the last case did. */
export * from '../../../lib/recovery/control';
export const mayOpen = (): { readonly kind: 'open' } => ({ kind: 'open' });
