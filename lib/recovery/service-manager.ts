import * as z from 'zod';

/** What starts and stops Dkron on a host, and how it is spoken to. */
export const ServiceManager = z.object({
  kind: z.enum(['supervisor', 'systemd', 'container', 'none', 'unknown']),
  /** supervisor: its unix socket; else empty. */
  socket: z.string().default(''),
  /** supervisor: its program; systemd: its service; empty where none is known, or several are. */
  unit: z.string().default(''),
  state: z.enum(['running', 'starting', 'stopped', 'failed', 'unknown']),
});
export type ServiceManager = z.infer<typeof ServiceManager>;
