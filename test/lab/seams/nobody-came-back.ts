/* Rule 6 switched off at the fence: whoever was counted as lost is stopped, although its agent hears again. */
export const cameBack = (): string[] => [];
export const agentIsBack = (): string[] => [];
