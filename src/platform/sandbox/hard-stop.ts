import type { StreamError } from '../../errors.ts'

/** Why user-given code was ended: its time or memory, a crash of its thread, or the time of all that it came with. */
const hardStops = ['time', 'memory', 'crash', 'batch'] as const
export type HardStop = (typeof hardStops)[number]

/** For the details of an error. */
export const stoppedBy = (why: HardStop): { readonly hardStop: HardStop } => ({ hardStop: why })

/** Undefined: the error is of another kind. */
export function hardStopOf({ details }: StreamError): HardStop | undefined {
  return hardStops.find((why) => details['hardStop'] === why)
}
