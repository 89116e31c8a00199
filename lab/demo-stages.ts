import { LivePhases } from '../lib/cli/live-phases';
import type { Terminal } from '../lib/cli/terminal';
import type { Progress } from './prepare';

/** What happens before there is a case, shown as the phases of a case are shown. */
export class Stages {
  private readonly phases: LivePhases;

  constructor(terminal: Terminal) {
    this.phases = new LivePhases(terminal);
  }

  progress(phase: string): Progress {
    return (says) => this.phases.event({ at: new Date().toISOString(), phase, says, severity: 'info' });
  }

  async run<T>(phase: string, says: string, work: (progress: Progress) => Promise<T>): Promise<T> {
    const progress = this.progress(phase);
    progress(says);
    return work(progress);
  }

  /** The last stage is over; nothing moves on the terminal any more. */
  stop(): void {
    this.phases.end(Date.now());
  }
}
