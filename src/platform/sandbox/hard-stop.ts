import type { StreamError } from '../../errors.ts'

/** Why user-given code was stopped: its time or memory, a crash of its thread, or the time of its whole batch. */
const hardStops = ['time', 'memory', 'crash', 'batch'] as const
export type HardStop = (typeof hardStops)[number]

/** Details of an error for a hard stop. */
export const stoppedBy = (why: HardStop): { readonly hardStop: HardStop } => ({ hardStop: why })

/** The hard stop that caused the error; undefined for other errors. */
export function hardStopOf({ details }: StreamError): HardStop | undefined {
  return hardStops.find((why) => details['hardStop'] === why)
}
